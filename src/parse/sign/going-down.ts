import type { Moment } from "../../core/log-course.ts";
import type { Sign } from "../../core/sign.ts";
import { plainSign } from "./sign-list.ts";
import type { At } from "./line/at.ts";

/** Words that a machine prints as it goes down or to sleep. */
const goesDown =
  /^(?:Stopping |Stopped |Reached target (?:Shutdown|Power-Off|Reboot|Unmount|Final|System (?:Shutdown|Reboot|Power Off)|Late Shutdown)|Shutting down\.|Syncing filesystems|Sending SIG(?:TERM|KILL) to remaining|Powering off\.|Rebooting\.|Finalizing suspend|Going to suspend|Entering sleep state|Suspending system|reboot: (?:Restarting|Power down|System halted)|Restarting system|Power down|sd \S+: \[\w+\] (?:Synchronizing SCSI cache|Stopping disk)|PM: (?:suspend entry|Entering \w+ sleep|Saving platform NVS memory)|Freezing (?:user space processes|remaining freezable tasks)|(?:printk: )?Suspending console|ACPI: (?:PM: )?Preparing to enter system sleep state|Disabling non-boot CPUs|Deactivating|Unmounting |Unmounted |All filesystems unmounted|Received SIGTERM from PID 1|The system (?:will|is going) .{0,20}(?:reboot|power|halt))/;
/** And what it prints as it wakes up again. */
const comesBack =
  /^(?:PM: (?:suspend exit|resume devices took|resume of devices complete)|Restarting tasks|OOM killer enabled|(?:ACPI: (?:PM: )?)?Waking up from system sleep state|ACPI: (?:PM: )?Low-level resume complete|Enabling non-boot CPUs|sd \S+: \[\w+\] Starting disk)/;
/**
 * What the kernel alone prints as the whole machine goes to sleep or wakes up: kernel/power/suspend.c, process.c,
 * drivers/acpi/sleep.c. A program asks for that, after the boot.
 */
const sleeps =
  /^(?:PM: (?:suspend (?:entry|exit)\b|Preparing system for (?:mem )?sleep|Entering (?:mem|freeze|standby) sleep|Finishing wakeup|resume devices took|hibernation: hibernation (?:entry|exit))|Freezing user space processes\b|(?:printk: )?Suspending console\(s\)|ACPI: (?:PM: )?(?:Preparing to enter|Waking up from) system sleep state|OOM killer (?:disabled|enabled)\.$)/;
/** What systemd alone prints as the machine goes down, after its boot. */
const ends =
  /^(?:Reached target (?:\S{1,40} - )?(?:System )?(?:Shutdown|Reboot|Power[ -]Off|Late Shutdown Services)\.?$|(?:Pulling in \S{1,200} from|Added job) shutdown\.target\/start|Pulling in \S{1,200} from shutdown\.target\/start|Sending SIG(?:TERM|KILL) to remaining processes)/;
/** Lines that may follow such words in a log that still ends with them. */
const nearEndLines = 12;

/** Whether a boot's lines end as the machine goes down or to sleep. */
export class GoingDown {
  #latest: { readonly line: number | null; readonly at: number | null; readonly text: string } | null = null;
  #linesSince = 0;
  /** A line of the log is not about that. */
  #showsMore = false;
  /** The first line that shows the machine go to sleep, wake up or go down. */
  slept: Moment | null = null;

  /** `byKernel`: no program's name is in front of the text. */
  take(text: string, now: At, { byKernel, isLogLine }: { byKernel: boolean; isLogLine: boolean }): void {
    // After lines of a boot it may have been asked to go down because that hung.
    const endsAlone = !byKernel && !this.#showsMore && ends.test(text);
    if (this.slept === null && ((byKernel && sleeps.test(text)) || endsAlone))
      this.slept = { line: now.line, at: now.at };
    this.#showsMore ||= isLogLine && !goesDown.test(text) && !/\/stop\b/.test(text);
    if (goesDown.test(text.replace(/^\[ {1,2}OK {1,2}\] /, ""))) {
      this.#latest = { line: now.line, at: now.at, text: text.slice(0, 120) };
      this.#linesSince = 0;
    } else if (comesBack.test(text)) this.#latest = null;
    else this.#linesSince++;
  }

  /** The last lines are those of a machine that goes down. */
  get isLast(): boolean {
    return this.#latest !== null && this.#linesSince <= 3;
  }

  sign(): Sign | null {
    if (this.#latest === null || this.#linesSince > nearEndLines) return null;
    const { line, at, text } = this.#latest;
    return {
      ...plainSign,
      kind: "shutdown",
      gravity: "notes",
      line,
      at,
      text: `The log ends as the machine goes down or to sleep: ${text}`,
    };
  }
}
