/** By their numbers, include/uapi/linux/capability.h. */
const names =
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN " +
  "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE " +
  "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE";
const capabilities = names.split(" ").map((name) => `CAP_${name}`);

/** A set of capabilities(7), a bit for each. */
export type CapabilitySet = bigint;

/**
 * The permitted set of a thread, by its /proc/PID/status (proc_pid_status(5)); what it may use at any time. Null: the
 * text does not show it.
 */
export function permittedCapabilities(status: string): CapabilitySet | null {
  const found = /^CapPrm:\t([0-9a-f]{16})$/m.exec(status);
  return found === null ? null : BigInt(`0x${found[1]}`);
}

/** Their names; one that is newer than this table has its number, `CAP_41`. */
export function capabilityNames(set: CapabilitySet): readonly string[] {
  return Array.from({ length: 64 }, (_, bit) => bit)
    .filter((bit) => ((set >> BigInt(bit)) & 1n) === 1n)
    .map((bit) => capabilities[bit] ?? `CAP_${bit}`);
}
