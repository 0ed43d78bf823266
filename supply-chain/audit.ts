import * as z from 'zod';

const Advisory = z.object({
  name: z.string(),
  title: z.string(),
  url: z.string(),
  severity: z.string(),
  range: z.string(),
});

/** What `npm audit --json` prints where the registry tells (auditReportVersion 2), only as much as is used. */
const Report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), Advisory])) })),
});

/** A known weakness of a package that is installed. */
export type Advisory = z.infer<typeof Advisory>;

/** supply-chain/audit-exceptions.yaml: weaknesses that somebody looked at. */
export const Exceptions = z.array(
  z.strictObject({
    advisory: z.string().describe('End of its address: GHSA-…'),
    why: z.string().min(1).describe('Why it does no harm here.'),
    until: z.iso.date().describe('Day after which somebody looks again.'),
  }),
);
export type Exceptions = z.infer<typeof Exceptions>;

export interface Verdict {
  /** What nobody has accepted. */
  open: Advisory[];
  accepted: Advisory[];
  /** Exceptions of what is no more reported. */
  idle: string[];
}

/** @returns null where it is no report: the registry has no such endpoint, or does not answer */
export function judge(printed: string, exceptions: Exceptions, today: string): Verdict | null {
  const report = reportIn(printed);
  if (report === null) return null;
  const found = Object.values(report.vulnerabilities).flatMap(({ via }) => via.filter(one => typeof one !== 'string'));
  const advisories = [...new Map(found.map(one => [`${one.url} ${one.name}`, one])).values()];
  const counts = exceptions.filter(({ until }) => until >= today);
  const isOf = (advisory: Advisory) => (exception: Exceptions[number]) =>
    advisory.url.split('/').at(-1) === exception.advisory;
  return {
    open: advisories.filter(advisory => !counts.some(isOf(advisory))),
    accepted: advisories.filter(advisory => counts.some(isOf(advisory))),
    idle: exceptions
      .filter(exception => !advisories.some(advisory => isOf(advisory)(exception)))
      .map(({ advisory }) => advisory),
  };
}

function reportIn(printed: string): z.infer<typeof Report> | null {
  try {
    return Report.safeParse(JSON.parse(printed)).data ?? null;
  } catch {
    return null;
  }
}
