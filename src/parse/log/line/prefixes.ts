import { kernelFacility, parseKmsgRecord } from "../../kernel-log/kmsg.ts";
import { matched, type Prefix } from "./prefix.ts";
import { printingTask } from "./printing-task.ts";
import { parseWallStamp } from "./wall-clock.ts";

const facilities = "kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local[0-7]";
const levels = "emerg|panic|alert|crit|err|error|warn|warning|notice|info|debug";
/** What the kernel's stamp may hold after the seconds: the time since the last one, a CPU, a vendor's wall clock. */
const stampDetails = String.raw`(?:s| {1,24}|(?: *<[^<>]{1,24}>)|[@,]\d{1,4}(?=\](?:[-a-z] )?)| \/ [\d:. -]{8,32})?`;
const kernelStamp = new RegExp(String.raw`^\[ *(\d{1,12}\.\d{6})(?:\d{3})?${stampDetails}\](?:[-a-z](?=  ))? ?`);
/** The first character was not copied. */
const stampWithoutBracket = /^ {0,5}(\d{1,5}\.\d{6})\] /;
/**
 * Fewer or more decimals than the kernel prints, or masked ones. A bracket with a number in it is no stamp yet: blanks
 * in front, three decimals or a message after it make it one. In front of the kernel's own stamp it is that of the
 * program that captured the line.
 */
const typedStamp = new RegExp(
  String.raw`^\[(?=  |\d{1,9}[.,][\dxX?*#_]{3}| \d{1,9}\.\d{1,6} \]|\d{1,9}\.\d{0,2}\] (?:random: |Linux version ))` +
    String.raw` *(\d{1,9})(?:\.(?!\d{6}\])|,(?=\d{3}))(\d{0,9})[xX?*#_]{0,6} ?\] ?(?!\s*(?:<\d{1,3}>)?\[ *\d{1,12}\.\d{6}\])`,
);

/**
 * The grammar of prefixes: formats are not distinguished, they are made of these parts, in nearly any order. What
 * follows the last part is the message; the grammar of messages is in `kernel-messages.ts`.
 */
export const prefixes: readonly Prefix[] = [
  {
    is: "a record of /dev/kmsg: 'PRIORITY,SEQ,MICROSECONDS,FLAG;TEXT'",
    begins: /\d/,
    take: (reading) => {
      const record = reading.at === null ? parseKmsgRecord(reading.text) : null;
      if (record === null) return false;
      Object.assign(reading, {
        origin: record.facility === kernelFacility ? "kernel" : "user",
        at: record.at,
        seq: record.seq,
        marked: true,
        text: record.text,
      });
      return true;
    },
  },
  {
    is: "grep's file name and line number",
    begins: /[\w./@+~ -]/,
    take: (reading) =>
      reading.at === null && reading.wall === null && matched(reading, foundByGrep, ([found]) => found !== ""),
  },
  {
    is: "syslog's priority: '<6>' (printk, dmesg -r), '<6>1 ' (RFC 5424); above 7 it is not the kernel's",
    begins: /</,
    take: (reading) =>
      matched(reading, /^<(\d{1,4})>(?:1 (?=\d{4}-))?\s*/, ([, priority]) => {
        if (Number(priority) > 7) reading.origin = "user";
      }),
  },
  {
    is: "facility and level in words: 'kern  :notice: ' (dmesg -x), 'kern.notice ' (busybox, OpenWrt), after a node (Talos)",
    begins: /[\w.:-]/,
    take: (reading) =>
      matched(reading, facilityAndLevel, ([, facility]) => {
        reading.origin = facility === "kern" ? reading.origin : "user";
      }),
  },
  {
    is: "a level alone: 'NOTICE kernel:' (Anaconda, ChromeOS)",
    begins: /[eacwnidp]/i,
    take: (reading) => matched(reading, levelAlone, () => undefined),
  },
  {
    is: "the kernel's stamp: '[   12.345678]', with the time since the last (dmesg -d) or a CPU in it",
    begins: /[[\d ]/,
    take: (reading) => {
      // A second one in front of a message is text that quotes it, unless the first was the journal's.
      if (reading.at !== null) return false;
      const stamp = ([, seconds]: RegExpExecArray): void => {
        reading.at = Number(seconds);
        // After the kernel's own stamp no host and tag follow.
        reading.tagged = false;
      };
      return matched(reading, kernelStamp, stamp) || (!reading.tagged && matched(reading, stampWithoutBracket, stamp));
    },
  },
  {
    is: "the kernel's stamp, typed, rounded or masked: '[    5.12]', '[  240.]', '[0.048xxx]'",
    begins: /\[/,
    take: (reading) =>
      reading.at === null &&
      matched(reading, typedStamp, ([, seconds, fraction = ""]) => {
        Object.assign(reading, { at: Number(`${seconds}.${fraction}`), typed: true, tagged: false });
      }),
  },
  {
    is: "a wall clock in brackets: dmesg -T and -e, terminal programs that stamp a serial line",
    begins: /[[(]/,
    take: (reading) =>
      matched(reading, /^[[(]([^[\]()]{5,48})[\])]:? ?/, ([, inside = ""]) => {
        const clock = /\d\d?:\d\d/.test(inside) ? parseWallStamp(inside) : null;
        if (
          clock === null &&
          !/^[^\d]{0,24}\d{0,4}[^\d]{0,24}\d{1,2}[^\d]{0,3}\d\d?:\d\d(?::\d\d)?\D{0,12}(?:\d{4})?$|^ *\+\d+\.\d+$|^< *\d+\.\d+>$|^\d+\.\d+ \d+\.\d+$/u.test(
            inside,
          )
        )
          return false;
        if (reading.wall === null && clock !== null) [reading.wall, reading.wallForm] = [clock.seconds, clock.form];
        return true;
      }),
  },
  {
    is: "who printed, after the stamp: '[    T1]' (printk caller), '[0: swapper: 0]', '(0)[1:swapper/0]', 'c0 1', '[   12.345671]@0 ' (vendors)",
    begins: /[\s[(<.~cis-]/i,
    repeats: true,
    take: (reading) =>
      reading.at !== null &&
      matched(
        reading,
        /^\s*(?:\[(?: *\d{1,9}\.\d{6}|\d{8}_[\d:]{8}\.\d{6})\]@\d{1,3}(?= )|[IS]?\[(?! *\d+\.\d+\])[^[\]]{1,64}\]|[-.~]?\(\d{1,4}\)|\((?:CPU|pid)[^()]{1,40}\)|<\d{1,2}>|c\d{1,3} +\d{1,7}(?: +\([^()]{1,16}\))?(?= ))[:.]?/i,
        ([printer]) => {
          reading.task ??= printingTask(printer);
        },
      ),
  },
  {
    is: "a wall clock of syslog or the journal, or of who captured a line that has one already",
    begins: /[\d\p{L}]/u,
    repeats: true,
    take: (reading) => {
      const clock = parseWallStamp(reading.text);
      if (clock === null) return false;
      const rest = reading.text.slice(clock.length);
      if (!/^(?: [A-Z]{1,5})?[\s:>|;,]+/.test(rest)) return false;
      Object.assign(reading, {
        wall: reading.wall ?? clock.seconds,
        wallForm: reading.wall === null ? clock.form : reading.wallForm,
        // dmesg --time-format=iso has no host after its stamp.
        tagged: clock.form === null || !clock.form.byDmesg || clock.form.zone === null,
        text: rest.replace(/^ [A-Z]{3,5} (?=\S+ \S+:)|^[\s:>|;,]+/, ""),
      });
      return true;
    },
  },
  {
    is: "logcat: '  0     0 I random  : crng init done', 'I/random ( 0): ' (the tag is the message's first word)",
    begins: /\w/,
    take: (reading) =>
      matched(
        reading,
        /^(?:(?:\w{1,64} {1,16})?(\d{1,7}) {1,16}(\d{1,7}) {1,16}[VDIWEFS] {1,16}(?=\S|\s*:)|[VDIWEFS]\/(?=[\w.-]* *(?:\( *\d+\))?:))/,
        ([, pid, tid]) => {
          const [, tag = "", ofPid, message = ""] = /^([^\s:(]*) *(?:\( *(\d+)\))?: ?(.*)$/s.exec(reading.text) ?? [];
          const kernel = pid === undefined ? ofPid === "0" : pid === "0" && tid === "0";
          if (tag !== "" || reading.text.trimStart().startsWith(":"))
            reading.text = tag === "" ? message : `${tag}: ${message}`;
          // A vendor's kernel names the task, and logd takes its number from there.
          const [printer, name = ""] = /^[-.~]?\(\d{1,3}\)(\[\d{1,8}:[^[\]]{1,16}\])/.exec(reading.text) ?? [];
          const task = printer === undefined ? null : printingTask(name);
          const isOfTask = task !== null && pid === String(task.pid);
          if (isOfTask) [reading.text, reading.task] = [reading.text.slice(printer?.length), task];
          reading.origin = kernel || isOfTask ? "kernel" : "user";
        },
      ),
  },
  {
    is: "the kernel's tag: 'host kernel: ', 'kernel:', 'host NOTICE kernel: ' (SONiC), RFC 5424's 'host kernel - - - '; a tag with a process ID is a program's",
    begins: /\S/,
    take: (reading) =>
      matched(reading, kernelTag, () => {
        if (reading.origin !== "user") reading.origin = "kernel";
        // A stamp in front of the host's name is the journal's.
        if (reading.at !== null) [reading.storedAt, reading.at] = [reading.at, null];
      }),
  },
  {
    is: "who captured another machine's console: 'bstdevices: GUEST: ', 'ttyS0: ', in front of the kernel's stamp or systemd's status",
    begins: /[a-z]/i,
    take: (reading) =>
      reading.at === null && reading.origin === "unsaid" && matched(reading, capturedConsole, () => undefined),
  },
  {
    is: "a colon alone, of a console whose tag was lost, in front of what systemd prints: ': Reached target Basic System.'",
    begins: /:/,
    take: (reading) =>
      reading.at === null &&
      reading.origin === "unsaid" &&
      matched(reading, lostTag, () => {
        Object.assign(reading, { origin: "user", ended: true, tag: "systemd" });
      }),
  },
  {
    is: "a container runtime's stream: 'stdout F ' (Kubernetes' CRI), 'stdout: '",
    begins: /s/,
    take: (reading) => matched(reading, /^(?:stdout|stderr)(?: [FP] |\s*[:|] )/, () => undefined),
  },
  {
    is: "a shell's prompt, into which a console prints",
    begins: /[\w.~/-]/,
    take: (reading) =>
      matched(reading, /^(?:[\w.-]{1,64}@[\w.-]{1,64}:\S{0,64} ?[#$]|[~/] #) +/, ([prompt]) => {
        reading.prompt = prompt;
      }),
  },
  {
    is: "a program's tag with its process ID after the journal's stamp: '[   12.345678] host systemd[1]: '",
    begins: /[a-z\d]/i,
    take: (reading) =>
      reading.at !== null &&
      reading.origin === "unsaid" &&
      matched(reading, journalTag, ([, tag = ""]) => {
        // The kernel's own lines have no host's name after their stamp.
        [reading.storedAt, reading.at] = [reading.at, null];
        Object.assign(reading, { origin: "user", ended: true, tag });
      }),
  },
  {
    is: "a program's tag: 'host systemd[1]: ', after a level 'host INFO systemd[1]: ' (SONiC)",
    begins: /\S/,
    take: (reading) => {
      if (reading.origin === "kernel" || !(reading.tagged || reading.storedAt !== null)) return false;
      return matched(reading, programTag, ([, tag = ""]) => {
        Object.assign(reading, { origin: "user", ended: true, tag });
      });
    },
  },
];

const foundByGrep =
  /^(?:[\w./@+~-]{0,200}[a-z][\w./@+~-]{0,200}:)?(?:\d{1,9}(?:[:-]|\s+))? ?(?=\[ *\d+\.\d{6}|[A-Z][a-z]{2} [ \d]\d \d\d:|\d{4}-\d\d-\d\d[T ]|\d{1,4},\d+,\d+,)/i;
const facilityAndLevel = new RegExp(
  `^(?:[\\w.:-]{1,64}: (?=kern: ))?(${facilities}) *(?::|\\.) {0,12}(?:${levels}) *:?\\s+`,
);
const levelAlone = new RegExp(`^(?:${levels})(?:\\s*\\|\\s*|\\s+(?=\\S+:))`, "i");
const capturedConsole =
  /^(?:[A-Za-z][\w.-]{0,32}(?::| -) ){0,2}(?:guest|console|serial|uart|tty\w{1,8}|com\d|qemu[\w-]{0,32})(?::| -) (?=\[(?: *\d{1,12}\.\d{6}| {2}OK {2}|FAILED|DEPEND| TIME | INFO |[ *]{6})\])/i;
const lostTag =
  /^: (?=(?:Reached target|Started|Finished|Mounted|Starting|Mounting|Stopped|Found device|Listening on|Created slice|Dependency failed for|Timed out waiting for|Failed to start|Failed to mount) \S|\S{1,200}\.(?:service|target|mount|device|swap|socket|slice|path|timer): [A-Z])/;
const journalTag = /^[a-z\d][\w.-]{0,63} ([a-z(][\w@.:/+()-]{0,63})\[\d{1,10}\]: /i;
const kernelTag = new RegExp(
  `^(?:\\S*[^\\s:,;] +)?(?:(?:(?:${facilities})\\.(?:${levels})|${levels.toUpperCase()}) +)?(?:kernel|vmunix)(?:: (?:kernel: )?|:| - \\S+ (?:-|\\[[^\\]]*\\]) ?)`,
);
const programTag = new RegExp(
  String.raw`^\S*[^\s:] +(?:(?:${levels.toUpperCase()}) +)?([^\s:[\]]{1,64})(?:\[[^\]\s]{1,24}\])?: ?`,
);
