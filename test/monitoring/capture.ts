import { writeFileSync } from 'node:fs';
import { ARGOCD } from '../e2e/cluster.ts';
import { scrape, scrapeController } from '../e2e/metrics.ts';
import { nameOf, samplesIn } from './exposition.ts';

/*
 * Writes what alerts and dashboard ask for, as the controllers of a cluster say it now. This is how before.prom and after.prom
 * of test/fixtures/monitoring were made, with syncs in between: npx tsx test/monitoring/capture.ts FILE
 */
const [path = 'metrics.prom'] = process.argv.slice(2);
const OURS = /^(argo_workflows_aftersync_|argocd_app_sync_total$)/;
const at = Math.floor(Date.now() / 1000);
const argocd = samplesIn(await scrape(ARGOCD, 'argocd-application-controller-0:8082'));
const samples = [...(await scrapeController()), ...argocd].filter(sample => OURS.test(nameOf(sample)));
const lines = samples.map(({ series, value }) => `${series} ${value}`).sort();
writeFileSync(path, [`# scraped at ${at}`, ...lines, ''].join('\n'));
