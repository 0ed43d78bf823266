import { evidenceOf } from './stand-ins.ts';

/** What the JET Evidence Store recorded of an Application, by artifact. */
export const recorded = async ({ application }: { application: string }) =>
  (await evidenceOf(application)).map(({ artifactId, eventStatus }) => `${artifactId.slice(0, 20)} ${eventStatus}`);

export const GUESTBOOK_1_0 = 'guestbook:sha256@100';
export const GUESTBOOK_1_1 = 'guestbook:sha256@110';
