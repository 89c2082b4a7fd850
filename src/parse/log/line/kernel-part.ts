import { closingQuote, unescaped } from "./quoted-text.ts";

/** The part of a line that is a line of a kernel's, and whether it stands inside of another text. */
export interface KernelPart {
  readonly text: string;
  readonly quoted: boolean;
  /** The text in front of it. */
  readonly front: string;
}

/** What is needed of a line whose prefixes were taken off. */
interface Outer {
  readonly origin: "kernel" | "user" | "unsaid";
  readonly wall: number | null;
  readonly tag: string | null;
  readonly text: string;
}

/** A stamp after this many characters is no longer after a prefix. */
const longestPrefix = 400;
const longestNames = 96;
const mostNames = 4;

/** The kernel's stamp, whole or masked. */
const stamp = /\[ *\d{1,12}\.(?:\d{6}|\d{0,5}x{1,6})\]/;
/** A name and a process ID: what follows is that program's own text. */
const programTag = /[\w.-]\[\d{1,7}\]: /;
/** A field of logfmt, JSON or YAML that holds a line of output, or of a guest's console. */
const field =
  /(?:^|[\s{,])["']?\w{0,32}(?:console|msg|message|log|line|output|text|textPayload|body|_raw|data|event|content)["']?\s{0,4}[=:]\s{0,4}["']$/i;
/** A virtual machine monitor that writes its guest's console to its own log. */
const monitor = /^(?:kata|qemu|firecracker|cloud-hypervisor|crosvm|libvirt|containerd|virt|vmm?|lxc|podman|docker)/i;
const consoleWord = /(?:console|serial|uart|guest|tty\w{0,8})\b["':=\s]{0,8}$/i;
/** Words with which a program's own output begins; a stamp within is the kernel's that cut in. */
const programOutput =
  /^(?:\[ {0,12}(?:OK|FAILED|DEPEND|WARN|INFO|TIME|SKIP|\*{1,3})|Start|Stopp|Reached|Listen|Mount|Creat|Load|Set |Begin|Done|Apply|Expect|Waiting|Welcome|Checking|Running|Configur)/;
/** Who captured this in brackets of their own, in front of a message without a stamp. */
const foreignBracket =
  /^\[(?! {0,12}(?:OK|FAILED|DEPEND|WARN|INFO|TIME|SKIP|NaN|\*{1,3}) {0,4}\])(?=[^[\]]{0,60}[a-z])[^[\]]{1,64}\]:? ?(?=random: |Linux version \d)/i;

/**
 * The kernel's line within a line that does not start with a stamp that the prefixes know: after names
 * ("[guest0/uart0] ", "vm-1 | "), in a field of a structured log, in a virtual machine monitor's words. Null: none.
 */
export function kernelPartWithin(outer: Outer): KernelPart | null {
  if (outer.origin === "kernel") return null;
  const { text } = outer;
  const start = text.slice(0, longestPrefix + 32).search(stamp);
  if (start === -1) return bracketed(outer);
  if (start > longestPrefix) return null;
  const front = text.slice(0, start);
  const captured =
    field.test(front) || (outer.tag !== null && monitor.test(outer.tag) && (front === "" || consoleWord.test(front)));
  if (outer.origin === "user") return captured ? inside(text, start, true) : null;
  if (captured) return inside(text, start, true);
  if (start === 0 || programTag.test(front)) return null;
  // A whole line in quotation marks, as in a list of strings.
  if (/^(?:[-*,[(] ?)?b?["'`“‘«]$/.test(front.trim())) return inside(text, start, true);
  if (/["'`“‘«(]\s*$/.test(front) || front.length > longestNames || programOutput.test(front)) return null;
  if (!/[\s:|>)\]]$/.test(front) || front.trim().split(/\s+/).length > mostNames) return null;
  // After a wall clock, a name with a colon is a program's tag.
  if (outer.wall !== null && /:\s?$/.test(front) && !/\]:\s?$/.test(front)) return null;
  return { text: text.slice(start), quoted: outer.wall !== null, front };
}

function bracketed({ origin, text }: Outer): KernelPart | null {
  const match = origin === "unsaid" ? foreignBracket.exec(text) : null;
  return match === null ? null : { text: text.slice(match[0].length), quoted: false, front: match[0] };
}

/** From the stamp to the mark that closes what was opened in front of it. */
function inside(text: string, start: number, quoted: boolean): KernelPart {
  const close = closingQuote[text[start - 1] ?? ""];
  const body = text.slice(start);
  const end = close === undefined ? -1 : endOf(body, close);
  return { text: unescaped(end === -1 ? body : body.slice(0, end)), quoted, front: text.slice(0, start) };
}

/** Where the closing mark stands, but for one after a backslash; -1: nowhere. */
function endOf(body: string, close: string): number {
  for (let at = body.indexOf(close); at !== -1; at = body.indexOf(close, at + 1)) if (body[at - 1] !== "\\") return at;
  return -1;
}
