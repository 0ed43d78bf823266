/** What a Go program says that it was built from; `go version -m` prints the same. */
export interface GoBuildInfo {
  /** Of Go itself, such as 1.26.3. */
  goVersion: string;
  /** The program's own module. */
  main: GoModule;
  /** Modules with code in it, after replacements. */
  modules: GoModule[];
}

export interface GoModule {
  path: string;
  version: string;
}

/** Format: src/debug/buildinfo/buildinfo.go, the form with inline strings that Go 1.18 and later write. */
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const ALIGNMENT = 16;
const HEADER = 32;
const INLINE_STRINGS = 2;

/** @throws Error where the file is no program of Go 1.18 or later with modules */
export function readGoBuildInfo(program: Buffer): GoBuildInfo {
  for (let at = program.indexOf(MAGIC); at !== -1; at = program.indexOf(MAGIC, at + 1)) {
    const isHeader = at % ALIGNMENT === 0 && ((program[at + MAGIC.length + 1] ?? 0) & INLINE_STRINGS) !== 0;
    const info = isHeader ? readStrings(program, at + HEADER) : null;
    if (info !== null) return info;
  }
  throw new Error('No Go program of 1.18 or later that was built from modules');
}

function readStrings(program: Buffer, at: number): GoBuildInfo | null {
  const goVersion = readString(program, at);
  const text = readString(program, goVersion.end).bytes;
  if (!goVersion.bytes.toString().startsWith('go') || text.length < 2 * ALIGNMENT) return null;
  // 16 bytes that say where it begins, and 16 that say where it ends.
  const modules = readModules(text.subarray(ALIGNMENT, -ALIGNMENT).toString());
  return modules && { goVersion: goVersion.bytes.toString().slice('go'.length), ...modules };
}

function readString(program: Buffer, at: number): { bytes: Buffer; end: number } {
  let length = 0;
  let next = at;
  for (let shift = 0; shift < ALIGNMENT * 2; shift += 7) {
    const byte = program[next++] ?? 0;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return { bytes: program.subarray(next, next + length), end: next + length };
}

function readModules(text: string): Pick<GoBuildInfo, 'main' | 'modules'> | null {
  let main: GoModule | null = null;
  const modules: GoModule[] = [];
  for (const line of text.split('\n')) {
    const [kind, path = '', version = ''] = line.split('\t');
    if (kind === 'mod') main = { path, version };
    if (kind === 'dep') modules.push({ path, version });
    if (kind === '=>') modules.splice(-1, 1, { path, version });
  }
  return main && { main, modules };
}
