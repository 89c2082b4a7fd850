import type { Sign } from "../../core/sign.ts";
import { plainSign } from "./sign-list.ts";
import type { At } from "./line/at.ts";

const waits =
  /^(?:Waiting for root device (\S+?)\.{2,3}|Waiting \d+ sec(?:onds)? (?:before mounting root device|for device (\S+))|(?:Begin: )?Waiting for root (?:file system|filesystem|device|fs)\b|waiting for device (\S+) to appear|Waiting for encrypted source device (\S+))/i;
const comes =
  /^(?:VFS: Mounted root|devtmpfs: mounted|EXT[234]-fs \([^)]*\): mounted|XFS \([^)]*\): (?:Mounting|Ending clean)|F2FS-fs \([^)]*\): Mounted|BTRFS info|UBIFS .*mounted|Run \S+ as init|Freeing (?:unused kernel|init)|systemd\[1\]|done\.$|Mounted sysroot)/;

/** The kernel mounts its root from a server; the client reports that the server does not answer, and that it does. */
const nfsRoot = /^VFS: Mounted root \(nfs\d? filesystem\)|^Kernel command line: .*\b(?:root=\/dev\/nfs|nfsroot=)/;
const nfsSilent = /^nfs4?: server (\S{1,120}) not responding, (?:still trying|timed out)/;
const nfsAnswers = /^nfs4?: server \S{1,120} OK/;

/** The kernel waits for this device without a line on it, until it appears. */
const rootDevice =
  /^Kernel command line: (?:.* )?root=\/dev\/((?:mmcblk|nvme)\d{1,3}(?:n\d{1,3})?|[sv]d[a-z]{1,2})(?:p?\d{1,3})?(?= |$)/;
const waitsForRoot = /^Kernel command line: (?:.* )?rootwait(?: |$)/;
/** The kernel lists a disk's partitions. */
const partitions = /^((?:mmcblk|nvme)\d{1,3}(?:n\d{1,3})?|[sv]d[a-z]{1,2}): (?:p\d{1,3}\b|[sv]d[a-z]{1,2}\d)/;

const mostDisks = 8;

/** The kernel or an initramfs that waits for its root device: trouble only where it never comes. */
export class RootWait {
  #open: { readonly at: At; readonly device: string | null; readonly text: string } | null = null;

  #isOfServer = false;
  #silentServer: { readonly at: At; readonly server: string; readonly text: string } | null = null;

  /** The disk of the command line's root, and whether another one appeared, and no program. */
  #expected: { readonly at: At; readonly disk: string; readonly text: string } | null = null;
  readonly #disks = new Set<string>();
  #hasCome = false;

  take(text: string, now: At): void {
    this.#takeServer(text, now);
    this.#takeDisks(text, now);
    const match = text.length > 300 ? null : waits.exec(text);
    if (match !== null) {
      this.#open ??= {
        at: now,
        device: match.slice(1).find((name) => name !== undefined) ?? null,
        text: text.slice(0, 160),
      };
      return;
    }
    if (this.#open !== null && (comes.test(text) || this.#appears(text))) this.#open = null;
  }

  sign(): Sign | null {
    const plain = { ...plainSign, kind: "root-device", gravity: "stops" } as const;
    if (this.#open !== null) {
      const { at, device, text } = this.#open;
      return { ...plain, line: at.line, at: at.at, name: device, text: `The root device does not appear: ${text}` };
    }
    if (this.#silentServer === null) return this.#missingDisk();
    const { at, server, text } = this.#silentServer;
    return {
      ...plain,
      line: at.line,
      at: at.at,
      name: server,
      text: `The server of the root file system does not answer: ${text}`,
    };
  }

  #takeDisks(text: string, now: At): void {
    const disk = text.length > 4096 ? undefined : rootDevice.exec(text)?.[1];
    if (disk !== undefined && waitsForRoot.test(text))
      this.#expected ??= { at: now, disk, text: text.slice("Kernel command line: ".length) };
    this.#hasCome ||= comes.test(text) && !text.startsWith("devtmpfs: mounted");
    const listed = partitions.exec(text)?.[1];
    if (listed !== undefined && this.#disks.size < mostDisks) this.#disks.add(listed);
  }

  /** With `rootwait` the kernel waits for ever: other disks are there, and not the root's, and no program runs. */
  #missingDisk(): Sign | null {
    const expected = this.#expected;
    if (expected === null || this.#hasCome || this.#disks.size === 0 || this.#disks.has(expected.disk)) return null;
    const { at, disk, text } = expected;
    const others = [...this.#disks].join(", ");
    const says = `The kernel waits for its root on '${disk}' (rootwait), and only ${others} appeared: ${text}`;
    const plain = { ...plainSign, kind: "root-device", gravity: "warns" } as const;
    return { ...plain, line: at.line, at: at.at, name: `/dev/${disk}`, text: says.slice(0, 200) };
  }

  /** A root file system over NFS whose server does not answer until the log ends. */
  #takeServer(text: string, now: At): void {
    if (nfsRoot.test(text)) this.#isOfServer = true;
    const silent = this.#isOfServer ? nfsSilent.exec(text) : null;
    if (silent !== null) this.#silentServer ??= { at: now, server: silent[1] ?? "", text: text.slice(0, 160) };
    else if (this.#silentServer !== null && nfsAnswers.test(text)) this.#silentServer = null;
  }

  /** The kernel lists the partitions of the disk that it waits for. */
  #appears(text: string): boolean {
    const disk = /^\/dev\/((?:mmcblk|nvme)\d+(?:n\d+)?|[a-z]+)/.exec(this.#open?.device ?? "")?.[1];
    return disk !== undefined && text.startsWith(`${disk}: `);
  }
}
