import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openApt } from "../host/apt.ts";
import type { GuestFile } from "./archive.ts";
import { cached } from "../host/cache.ts";
import { runProgram } from "../host/host-programs.ts";

/** What the full machine's root lacks for rsyslogd: itself and two libraries. */
const PACKAGES = ["rsyslog", "libestr0", "libfastjson4"];

/**
 * The inputs that are recorded: the kernel's log, as Debian and Ubuntu read it, and the journal, as Fedora and RHEL do.
 */
const MODULES = ["imklog.so", "imjournal.so", "lmnet.so"];

const LIBRARIES = "/usr/lib/x86_64-linux-gnu";

/** Files that give the full machine the rsyslogd of its own release; nothing starts it. Downloaded once. */
export async function rsyslogFiles(): Promise<Record<string, GuestFile>> {
  const entry = await cached("rsyslog-trixie", download);
  const root = join(entry, "root");
  const files: Record<string, GuestFile> = { "/usr/sbin/rsyslogd": { from: join(root, "usr/sbin/rsyslogd") } };
  for (const name of MODULES) files[`${LIBRARIES}/rsyslog/${name}`] = { from: join(root, LIBRARIES, "rsyslog", name) };
  for (const name of await readdir(join(root, LIBRARIES))) {
    if (name.includes(".so")) files[`${LIBRARIES}/${name}`] = { from: join(root, LIBRARIES, name) };
  }
  return files;
}

async function download(directory: string): Promise<void> {
  const work = join(directory, "work");
  const root = join(directory, "root");
  await mkdir(work);
  const apt = await openApt("trixie", work);
  await apt.run("apt-get", ["download", "-qq", ...PACKAGES], work);
  for (const name of await readdir(work)) {
    if (name.endsWith(".deb")) await runProgram("dpkg", ["-x", join(work, name), root]);
  }
  await rm(work, { recursive: true });
}
