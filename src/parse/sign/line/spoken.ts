/** A line of a log, as far as signs are read from it (`LogLine` of parse/log). */
export interface SignLine {
  readonly origin: "kernel" | "user" | "unsaid";
  /** The kernel's stamp, the journal's monotonic one, and a wall clock's, in seconds. */
  readonly at: number | null;
  readonly storedAt: number | null;
  readonly wall: number | null;
  readonly wallForm: { readonly byDmesg: boolean } | null;
  readonly tag: string | null;
  /** The task in whose context the kernel printed it. */
  readonly task?: { readonly pid: number; readonly comm: string | null };
  readonly indent: number;
  readonly text: string;
  /** The text that was on the line when the kernel's message was printed after it. */
  readonly front?: string;
}

/** A line's text and the program that wrote it, in whichever way the log shows that. */
export interface Spoken {
  /** A program's name; null for the kernel, and where the line does not show it. */
  readonly program: string | null;
  /** Surely the kernel's: it has its tag, or its stamp and no program's name. */
  readonly byKernel: boolean;
  readonly text: string;
}

/**
 * `name[pid]: text`, as programs write to /dev/kmsg and to consoles. make(1) puts how deep it is in the brackets.
 */
const named = /^(?!g?make\[)([\w@.:/+-]{1,64})\[(\d{1,10})\]: (.*)$/s;
/** Early user space that writes to /dev/kmsg without a number. */
const early =
  /^(procd|init|kmodloader|dracut(?:-[\w-]{1,32})?|ueventd|mount_root|urandom-seed|urngd|preinit|plymouthd?|ignition|systemd|systemd-[\w-]{1,32}|cloud-init|initramfs-\w+|INIT|netifd|snapd|vold|logd|healthd|fs_mgr): (.*)$/s;

/** What the kernel prints after the name of a program that it ends: the line is not the program's. */
const programFault =
  /^(?:segfault (?:\(\d{1,2}\) )?at |unhandled (?:signal \d|level \d|exception: |page fault|\w{1,16} ?(?:translation|permission|alignment)? ?fault)|undefined instruction: pc=|bad frame in |general protection)/;

/** Whether a line has a program's name and process ID in front. */
export function isNamed(text: string): boolean {
  return named.test(text);
}

/** A line without the name of the program that printed it. */
export function spoken({ origin, at, tag, text }: SignLine): Spoken {
  if (tag !== null) return { program: tag, byKernel: false, text };
  const byKernel = origin === "kernel" || (origin === "unsaid" && at !== null);
  const match = named.exec(text) ?? early.exec(text);
  if (match !== null && !(byKernel && programFault.test(match.at(-1) ?? "")))
    return { program: match[1] ?? null, byKernel: false, text: match.at(-1) ?? "" };
  return { program: null, byKernel, text };
}

/** systemd's status lines on a console: "[  OK  ] Started X.", "[FAILED] …", "         Starting X...". */
export function isStatusLine(text: string): boolean {
  return /^\[ {0,2}(?:OK|FAILED|DEPEND|TIME|INFO|SKIP|\*{1,3} *| \*+ *) {0,2}\] /.test(text);
}

/** Programs that vendors' kernels name beside their lines; kernel threads have other names. */
const programs =
  /^(?:init|ueventd|recovery|adbd|vold|logd(?:\..{1,12})?|(?:vnd|hw)?servicemanage\w{0,3}|healthd|netd|installd|lmkd|apexd|zygote\d{0,2}|system_server|surfaceflinger|bootanimation|(?:Hw)?Binder:.{1,12}|systemd(?:-.{1,12})?|udevd|modprobe|insmod|mount|sh|bash|toybox|busybox)$/;

/** Whether a program made the kernel print a line: it is at work. PID 1 is one once user space has begun. */
export function isOfProgram({ task }: SignLine, hasUserSpace: boolean): boolean {
  if (task === undefined) return false;
  const { pid, comm } = task;
  return pid === 1 ? hasUserSpace && comm?.startsWith("swapper") !== true : comm !== null && programs.test(comm);
}

/** Whether the kernel's own start printed a line: its first task has this name until it becomes the first program. */
export function isOfStart({ task }: Pick<SignLine, "task">): boolean {
  return task?.pid === 1 && task.comm?.startsWith("swapper") === true;
}

/** Lines of the kernel that announce user space, and lines that only user space writes. */
const userSpaceStarts =
  /^(?:Run \S+ as init process|Freeing unused kernel (?:image|memory)|Freeing init memory|Freeing unused kernel memory|Write protecting the kernel|INIT: version|Welcome to (?!GRUB)|OpenRC |init started: |Loading, please wait|Begin: |:: running )/;

/** Whether only user space can have caused a line. */
export function isUserSpace({ program }: Spoken, text: string): boolean {
  return program !== null || userSpaceStarts.test(text) || isStatusLine(text) || isNamed(text);
}
