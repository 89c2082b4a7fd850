import type { ReadyCourse } from "../../../core/log-course.ts";
import type { SignLine } from "../line/spoken.ts";
import { drawsRandomBytes } from "../unit/unit-words.ts";

/** How many lines before readiness, and after it, are read for what waited until then. */
const nearLines = 12;
/** What waited until readiness says so within this number of lines. */
const nextLines = 3;
/** And how many after it, for how the boot went on. */
const followingLines = 80;
/** Words and no drawing, dump or progress bar. */
const hasWords = /[A-Za-z]{3}.*[A-Za-z]{2}/;
/** Programs and steps that draw random bytes, and systemd as it starts, which draws some itself. */
const mayAsk =
  /random|entropy|crng|haveged|rngd|jitter|ssh|dropbear|tls|ssl|https|gpg|\bgnu|crypt|luks|certificate|\bcert|\bkeys?\b|key-?gen|seed|uuid|vpn|ipsec|wireguard|\bwg\b|krb5|kerberos|wpa_|hostapd|dbus|avahi|nginx|apache|httpd|php|mysql|mariadb|postgres|python|perl|java|cookie|secret|token|password|^systemd\[1\]: (?!Start|Finish|Reach|Mount|Listen|Creat)/i;
/** A boot that pauses is spoken of, by a person or by a step that says what it waits for. */
const speaksOfWait =
  /\bwait(?:s|ed|ing)?\b|\b(?:hangs?|hung|stuck|freezes|froze|until|minutes?|forever|slow(?:ly)?)\b|\b(?:I|I'm|I've|my|we)\b(?! ?[=:/])/i;
/** A line that begins something, and one that also says how it went. */
const beginsWork =
  /^[*\s]{0,4}(?:(?:re)?start|launch|runn?|execut|load|initiali[sz]|creat|generat|configur|setup|set(?:ting)? up|bring(?:ing)? up|boot|wait|activat)(?:ing|e)?\b/i;
const saysHowItWent = /\b(?:ok|done|complete[d]?|success\w*|failed|fail|ready|started|finished|skipped)\b/i;

/**
 * On a console without stamps: what user space prints before readiness and after it. No line shows a time there, so
 * that a wait shows only by what stands next to readiness.
 */
export class ConsoleWork {
  #hasUserSpace = false;
  #isReady = false;
  #before = 0;
  #after = 0;
  #linesAfter = 0;
  #asks = false;
  /** The latest lines before readiness. */
  #recent: string[] = [];

  take(
    line: SignLine,
    facts: { readonly isUserSpace: boolean; readonly isReady: boolean; readonly hasKernelForm: boolean },
  ): void {
    const { at, storedAt, wall, text } = line;
    if (at !== null || storedAt !== null || wall !== null || text === "") return;
    if (facts.isReady && !this.#isReady) {
      this.#isReady = true;
      this.#asks = this.#recent.some((recent) => mayWait(recent)) || leavesOpen(this.#recent.at(-1) ?? "");
      return;
    }
    if (this.#isReady && ++this.#linesAfter > followingLines) return;
    this.#hasUserSpace ||= facts.isUserSpace;
    // The kernel goes on while programs wait: a new device, what a driver does.
    if (!this.#hasUserSpace || facts.hasKernelForm || text.startsWith("random: ") || !hasWords.test(text)) return;
    if (!this.#isReady) {
      this.#before++;
      if (this.#recent.push(text) > nearLines) this.#recent.shift();
      return;
    }
    this.#after++;
    if (this.#after <= nearLines) this.#asks ||= speaksOfWait.test(text);
    if (this.#after <= nextLines) this.#asks ||= speaksOfItself(text);
  }

  get(): Pick<ReadyCourse, "workBefore" | "workAfter" | "workAsks"> {
    return { workBefore: this.#before, workAfter: this.#after, workAsks: this.#asks };
  }
}

/** Whether the line says what begins, and not how it went: whatever that is may wait. */
function leavesOpen(text: string): boolean {
  return beginsWork.test(text) && !saysHowItWent.test(text);
}

/** Whether a program that draws random bytes says something after readiness; what starts there did not wait for it. */
function speaksOfItself(text: string): boolean {
  const [speaker = ""] = text.split(" ", 1);
  return (mayAsk.test(speaker) || drawsRandomBytes(text)) && !beginsWork.test(text);
}

function mayWait(text: string): boolean {
  return mayAsk.test(text) || speaksOfWait.test(text) || drawsRandomBytes(text);
}
