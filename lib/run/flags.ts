import { type Command, Option } from 'commander';

/** What the steps of a run left, by flag. */
export interface RunFlags {
  deployment?: string;
  imageDiff?: string;
  artifacts?: string;
  evidence?: string;
  release?: string;
}

/** The flags of a program that looks back on a run. */
export function withRunFlags(program: Command): Command {
  return program
    .addOption(
      new Option(
        '--deployment <file>',
        'deployment.json; a file that does not exist is a step that did not get so far',
      ),
    )
    .addOption(new Option('--image-diff <file>', 'image-diff.json'))
    .addOption(new Option('--artifacts <file>', 'artifacts.json'))
    .addOption(new Option('--evidence <file>', 'evidence.json'))
    .addOption(new Option('--release <file>', 'release.json'));
}
