import type { Mapping } from "./proc-maps.ts";

/** File systems whose pages come from a program or over a network, so that to read one may take for ever. */
const remote = /^(?:fuse(?:blk|\..*)?|nfs4?|cifs|smb3|9p|ceph|afs|virtiofs|glusterfs|lustre|orangefs|ocfs2|gfs2)$/;

/**
 * The type of each mounted file system by its device "MAJOR:MINOR", from /proc/PID/mountinfo (proc_pid_mountinfo(5)).
 */
export function parseMountTypes(mountinfo: string): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const line of mountinfo.split("\n")) {
    const device = line.split(" ", 3)[2];
    // The optional fields before it have no fixed number.
    const type = line.slice(line.indexOf(" - ") + 3).split(" ", 1)[0];
    if (device !== undefined && type !== undefined && line.includes(" - ")) types.set(device, type);
  }
  return types;
}

/**
 * Which folder or file of its file system is mounted by the mount of this ID, with its escapes; null: there is no such
 * mount.
 */
export function parseMountRoot(mountinfo: string, id: string): string | null {
  const line = mountinfo.split("\n").find((each) => each.startsWith(`${id} `));
  return line?.split(" ", 4)[3] ?? null;
}

/**
 * Whether a read of this mapping by another process may block on some program. Memory without a file does not. A file
 * of a block device does not either, unless FUSE has the device; of the other file systems only a mounted one is known.
 */
export function mayBlock({ device }: Pick<Mapping, "device">, types: ReadonlyMap<string, string>): boolean {
  if (device === "0:0") return false;
  const type = types.get(device);
  if (type !== undefined) return remote.test(type);
  return device.startsWith("0:");
}
