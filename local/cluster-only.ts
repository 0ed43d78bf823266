import * as z from 'zod';

/** A field that stays in the manifest for the cluster; one machine has nothing to do with it. */
export const clusterOnly = z.unknown().optional();
