import { readFileSync } from 'node:fs';

/** What a reader may copy from a page. */
export interface Block {
  page: string;
  /** Line of the page on which it begins. */
  line: number;
  language: string;
  text: string;
}

/** The fenced blocks of a page, without the indentation that a list gives them. */
export function blocksOf(page: string): Block[] {
  const found: Block[] = [];
  let open: { indent: number; block: Block } | null = null;
  for (const [index, line] of readFileSync(page, 'utf8').split('\n').entries()) {
    const [, indent = '', language = ''] = /^( *)```(\w*)\s*$/.exec(line) ?? [];
    const fence = /^ *```/.test(line);
    if (fence && open === null) open = { indent: indent.length, block: { page, line: index + 1, language, text: '' } };
    else if (fence && open !== null) {
      found.push(open.block);
      open = null;
    } else if (open !== null) open.block.text += `${line.slice(open.indent)}\n`;
  }
  return found;
}

/** Commands within a line of text or a table: they begin as a command does and go on behind its name. */
export function inlineCommandsOf(page: string): Block[] {
  let fenced = false;
  return readFileSync(page, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (/^ *```/.test(line)) fenced = !fenced;
      if (fenced) return [];
      return [...line.matchAll(/`((?:aftersync|npx|npm|kubectl|argo) [^`]+)`/g)].map(([, text = '']) => ({
        page,
        line: index + 1,
        language: 'inline',
        text,
      }));
    });
}
