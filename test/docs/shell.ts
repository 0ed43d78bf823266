/** One simple command of a script. */
export interface Command {
  words: string[];
  /** Files that it writes by redirection. */
  writes: string[];
}

/** A shell script as its simple commands, also those inside $(…); enough of the language for what the pages use. */
export function commandsOf(script: string): Command[] {
  const commands: Command[] = [];
  let command: Command = { words: [], writes: [] };
  let word: string | null = null;
  let redirecting = false;
  let quote = '';

  const endWord = () => {
    if (word !== null) (redirecting ? command.writes : command.words).push(word);
    if (word !== null) redirecting = false;
    word = null;
  };
  const endCommand = () => {
    endWord();
    while (/^\w+=/.test(command.words[0] ?? '')) command.words.shift();
    if (command.words.length > 0) commands.push(command);
    command = { words: [], writes: [] };
  };

  for (let at = 0; at < script.length; at++) {
    const char = script[at] ?? '';
    if (quote !== "'" && script.startsWith('$(', at)) {
      const end = closing(script, at + 1);
      commands.push(...commandsOf(script.slice(at + 2, end)));
      word = `${word ?? ''}$()`;
      at = end;
    } else if (quote !== "'" && char === '\\') {
      at += 1;
      if (script[at] !== '\n') word = `${word ?? ''}${script[at] ?? ''}`;
    } else if (char === quote) quote = '';
    else if (quote !== '') word = `${word ?? ''}${char}`;
    else if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (char === '#' && word === null) at = script.indexOf('\n', at) - 1;
    else if (/[\n;|&]/.test(char)) endCommand();
    else if (char === '>') {
      endWord();
      redirecting = true;
    } else if (/\s/.test(char)) endWord();
    else word = `${word ?? ''}${char}`;
    if (at < 0) break;
  }
  endCommand();
  return commands;
}

/** Where the parenthesis that opens at a place is closed. */
function closing(text: string, opening: number): number {
  let depth = 0;
  for (let at = opening; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}
