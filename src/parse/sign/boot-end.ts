import type { LogCourse } from "../../core/log-course.ts";
import type { SignLine, Spoken } from "./line/spoken.ts";

/** One way in which a log shows that a boot is over. */
export interface BootEnd {
  readonly id: string;
  readonly pattern: RegExp;
  /** Who prints it. `console`: a line that has no stamp and no program's name, or what stands in front of a stamp. */
  readonly by: "systemd" | "program" | "console";
  readonly says: string;
  readonly source: string;
  readonly examples: readonly string[];
  readonly near: readonly string[];
}

/** A display manager's greeter is a session as well, and comes before a person logs in. */
const person = String.raw`(?!gdm|sddm|lightdm|lxdm|Debian-gdm|greeter|root@notty)`;

/**
 * Lines that stand where all that a boot starts has been started, or where a person or a program from outside was let
 * in. A shell on a console is none of them: an initramfs or a failsafe mode opens one before the boot continues.
 */
export const bootEnds: readonly BootEnd[] = [
  {
    id: "startup-finished",
    pattern: /^Startup finished in .{1,200}\((?:kernel|userspace)\)/,
    by: "systemd",
    says: "systemd had finished the start-up",
    source: "systemd src/core/manager.c, manager_notify_finished()",
    examples: ["Startup finished in 3.105s (kernel) + 9.020s (userspace) = 12.125s."],
    near: ["Startup finished in 85ms."],
  },
  {
    id: "target",
    pattern:
      /^(?:\[ {1,2}OK {1,2}\] )?Reached target (?:multi-user\.target|graphical\.target|Multi-User System|Graphical Interface)\b/,
    by: "systemd",
    says: "systemd had reached the last target of the boot",
    source: "systemd units/multi-user.target, graphical.target: ordered after all units that they start",
    examples: ["[  OK  ] Reached target Multi-User System.", "Reached target graphical.target - Graphical Interface."],
    near: ["[  OK  ] Reached target Basic System.", "Stopped target Multi-User System."],
  },
  {
    id: "login-prompt",
    pattern: /^(?:.{0,40}\s)?(?![Ll]ast login)[\w][\w.-]{0,63} login: ?(?!.*\b(?:invalid|incorrect|failed)\b)/,
    by: "console",
    says: "the console had its login prompt",
    source: "agetty, busybox getty: /etc/issue's default and the prompt of login(1)",
    examples: ["box login: ", "Debian GNU/Linux 12 box ttyS0 box login:"],
    near: ["last login: Mon", "login: ", "Please enter your login name"],
  },
  {
    id: "procd",
    pattern: /^- init complete -/,
    by: "program",
    says: "procd had started everything",
    source: "procd, state.c",
    examples: ["- init complete -"],
    near: ["- init -"],
  },
  {
    id: "cloud-init",
    pattern: /^Cloud-init v\. \S{1,40} finished at /,
    by: "console",
    says: "cloud-init had finished",
    source: "cloud-init, cc_final_message",
    examples: [
      "Cloud-init v. 22.4.2 finished at Mon, 02 Oct 2023 10:00:00 +0000. Datasource DataSourceNone. Up 24.11 seconds",
    ],
    near: ["Cloud-init v. 22.4.2 running 'modules:final' at Mon"],
  },
  {
    id: "session",
    pattern: new RegExp(
      `^(?:New session \\S{1,16} of user ${person}|pam_unix\\((?:login|sshd):session\\): session opened for user ${person}|Accepted (?:publickey|password|keyboard-interactive\\S*) for |ROOT LOGIN |LOGIN ON )`,
    ),
    by: "program",
    says: "a user had logged in",
    source: "systemd-logind, pam_unix, sshd, login(1)",
    examples: [
      "New session c1 of user anna.",
      "Accepted publickey for anna from 192.0.2.7 port 51012 ssh2",
      "ROOT LOGIN  on 'ttyS0'",
    ],
    near: [
      "New session c1 of user gdm.",
      "pam_unix(cron:session): session opened for user root",
      "Removed session c1.",
    ],
  },
];

/** A prompt has more than its last mark, which alone may be a comment's. An initramfs opens a shell before the boot. */
const shell =
  /^(?!.{0,60}\b(?:dracut|initramfs|switch_root|rescue|emergency|failsafe)\b)(?:[\w.@:~()+/-]{1,80} ?|\[[\w.@:~/ -]{1,80}\] ?)[#$]$/;

/**
 * Whether the kernel printed after a shell's prompt at which no command had been typed. Of a ready line it shows that
 * the shell was there first, and had nothing to wait for.
 */
export function isShellPrompt(front: string): boolean {
  return front.length <= longest && shell.test(front.trimEnd());
}

/** The first line that shows a boot's end, and what it shows. */
export type BootOver = NonNullable<LogCourse["over"]>;

/** What a line shows of the boot's end; null: nothing. */
export function parseBootEnd(line: SignLine, { program, text }: Spoken, bare: boolean): string | null {
  const front = line.front?.trimEnd() ?? "";
  for (const { pattern, by, says } of bootEnds) {
    if (by === "console" && front !== "" && pattern.test(front)) return says;
    const isBy =
      by === "console"
        ? bare && program === null
        : by === "systemd"
          ? program === "systemd" || text.startsWith("[")
          : program !== null;
    if (isBy && text.length <= longest && pattern.test(text)) return says;
  }
  return null;
}

const longest = 300;
