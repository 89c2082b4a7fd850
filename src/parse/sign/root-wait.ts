import type { Sign } from "../../core/sign.ts";
import type { At } from "./units.ts";

const waits =
  /^(?:Waiting for root device (\S+?)\.{2,3}|Waiting \d+ sec(?:onds)? (?:before mounting root device|for device (\S+))|(?:Begin: )?Waiting for root (?:file system|filesystem|device|fs)\b|waiting for device (\S+) to appear|Waiting for encrypted source device (\S+))/i;
const comes =
  /^(?:VFS: Mounted root|devtmpfs: mounted|EXT[234]-fs \([^)]*\): mounted|XFS \([^)]*\): (?:Mounting|Ending clean)|F2FS-fs \([^)]*\): Mounted|BTRFS info|UBIFS .*mounted|Run \S+ as init|Freeing (?:unused kernel|init)|systemd\[1\]|done\.$|Mounted sysroot)/;

/** The kernel or an initramfs that waits for its root device: trouble only where it never comes. */
export class RootWait {
  #open: { readonly at: At; readonly device: string | null; readonly text: string } | null = null;

  take(text: string, now: At): void {
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
    if (this.#open === null) return null;
    const { at, device, text } = this.#open;
    return {
      kind: "root-device",
      gravity: "stops",
      line: at.line,
      at: at.at,
      name: device,
      text: `The root device does not appear: ${text}`,
      inRandomCode: false,
      byTimeout: false,
    };
  }

  /** The kernel lists the partitions of the disk that it waits for. */
  #appears(text: string): boolean {
    const disk = /^\/dev\/((?:mmcblk|nvme)\d+(?:n\d+)?|[a-z]+)/.exec(this.#open?.device ?? "")?.[1];
    return disk !== undefined && text.startsWith(`${disk}: `);
  }
}
