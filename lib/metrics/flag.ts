import { Option } from 'commander';

/** The flag of every program whose template has metrics. */
export const metricsOption = () =>
  new Option('--metrics-out <directory>', 'where the values of its metrics are written, a file each');
