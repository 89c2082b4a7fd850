import { mkdtemp, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Transcript } from "../lab/boot.ts";
import { runProgram } from "../lab/host/host-programs.ts";

/** A folder per boot, a file per format. */
export const LOGS = resolve(import.meta.dirname, "../../fixtures/logs");

/** They lie in the repository for ever: what is bigger is to be made smaller in the guest. */
const MOST_BYTES = 150_000;

/**
 * For the guest's script, which writes what it records into /run/recorded, one file per format: `keep NAME COMMAND…`
 * the output of a command. Nothing passes the serial port before `hand_over`, the script's last act, and then it does
 * as an archive: byte for byte, and in a second.
 */
export const RECORDER = `
export LC_ALL=C.UTF-8
mkdir /run/recorded
keep() {
  kept=/run/recorded/$1; shift
  "$@" >"$kept" 2>/run/complaints || { echo "status $? of: $*"; cat /run/complaints; }
  [ -s "$kept" ] || { echo "nothing said by: $*"; rm "$kept"; }
}
hand_over() { section recorded; tar -czf - -C /run/recorded . | base64; }

# keep_stack NAME PID: without a process of its own, since there is not much time.
keep_stack() { while read -r frame; do echo "$frame"; done </proc/$2/stack >/run/recorded/$1; }

# pid_of NAME: sets pid, once there is such a process. Like the next one without a process of its own, which the trace would show.
pid_of() {
  while :; do
    for comm in /proc/[0-9]*/comm; do
      read -r name <$comm && [ "$name" = "$1" ] && pid=\${comm#/proc/} && pid=\${pid%/comm} && return
    done
  done
}

# until_waiting PID: until this task waits for the CRNG, as its kernel stack tells.
until_waiting() {
  while [ -e /proc/$1 ]; do
    while read -r frame; do
      case $frame in *try_to_generate_entropy* | *wait_for_random_bytes*) return ;; esac
    done </proc/$1/stack
  done
  echo "it has not waited: $1"; return 1
}
`;

/**
 * Replaces the recording of a boot by what its guest has handed over. Throws when one of the files is too big to be
 * kept.
 */
export async function store(
  name: string,
  guest: Transcript,
  more: Readonly<Record<string, Uint8Array>> = {},
): Promise<string> {
  // What the guest complained of, such as a format that its tools do not know.
  console.log(`${name}:\n${guest.output.slice(0, guest.output.indexOf("== recorded")).trim()}`);
  const directory = join(LOGS, name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await unpack(Buffer.from(guest.section("recorded"), "base64"), directory);
  for (const [file, content] of Object.entries(more)) await writeFile(join(directory, file), content);
  for (const file of await readdir(directory)) {
    const { size } = await stat(join(directory, file));
    if (size > MOST_BYTES)
      throw new Error(
        `The recording '${name}/${file}' has ${size} bytes, more than the ${MOST_BYTES} that a fixture may have`,
      );
  }
  return directory;
}

async function unpack(archive: Uint8Array, directory: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "crngwatch-recording-"));
  try {
    await writeFile(join(work, "archive"), archive);
    await runProgram("tar", ["-xzf", join(work, "archive"), "-C", directory, "--no-same-owner"]);
  } finally {
    await rm(work, { recursive: true });
  }
}
