// The program under test: the one in THRONG_PROGRAM, or the one that cargo built last.

import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** @returns {string} */
function find() {
  const named = process.env.THRONG_PROGRAM;
  if (named) return named;
  const metadata = execFileSync('cargo', ['metadata', '--format-version=1', '--no-deps', '--offline'], {
    cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26,
  });
  const { target_directory: target } = JSON.parse(metadata);
  const built = ['debug', 'release'].map((profile) => join(target, profile, 'throng'))
    .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => other.at - one.at)[0];
  if (!built?.at) throw new Error(`there is no server in ${target}: run \`cargo build\` first`);
  return built.path;
}

export const program = find();

/** The environment without variables that would configure a server. */
export const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('THRONG_')),
);
