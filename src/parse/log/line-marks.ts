// Terminal escape sequences (ECMA-48, xterm's OSC), also as `cat -v` and rsyslog print them.
const escapes =
  // oxlint-disable-next-line no-control-regex -- they begin with a control character
  /(?:\x1b|\^\[|#033)(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|\[\d{1,3}(?:;\d{1,3}){0,4}m/g;
/** Quoted-printable (RFC 2045, 6.7): what no log holds otherwise. A "=" at the end alone may be a log's own. */
const quotedPrintable = /=(?:3D|A0|C2=A0|E2=80=|0[9AD]=?$|20$)/;
const tags = /<\/?(?:a|b|br|code|div|font|i|li|p|pre|span|td|tr|tt)(?: [^<>]{0,200})?\/?>/gi;
const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: " " };

/**
 * A log line without what stands around it where it was found: terminal colours, the zeros of a file's hole, the
 * quotation marks and the encoding of mail, the markup of web pages. What `raw` itself says stays.
 */
export function withoutMarks(raw: string): string {
  let text = raw.includes("\x1b") || raw.includes("m") || raw.includes("^[") ? raw.replace(escapes, "") : raw;
  text = text.replace(/^[\0\ufeff\s]+/, "");
  if (text.includes("=") && quotedPrintable.test(text)) text = decoded(text);
  text = text
    .replaceAll("\u00a0", " ")
    .trimStart()
    .replace(/\^M(?:\^J)?$/, "");
  // A table's cell, and what some mail programs quote with.
  if (/^\|[^|]*\|\s*$/.test(text)) text = text.replace(/\|\s*$/, "");
  if (text.startsWith(">") || text.startsWith("|")) text = text.replace(/^(?:[>|]\s?)+\s*/, "");
  if (text.includes("<")) text = text.replace(tags, "");
  if (text.includes("&")) text = text.replace(/&(?:#0*(\d{1,5})|(lt|gt|amp|quot|apos|nbsp));/g, entity);
  return text.replace(/(?:```|\[\/code\]|\{(?:noformat|code)\})$/i, "");
}

/** Whether the line's end says that it goes on: a soft line break of quoted-printable. */
export function endsSoftly(raw: string): boolean {
  return raw.endsWith("=");
}

/** The same of a line that another sign shows to be in quoted-printable: without one, the "=" may be its own. */
export function surelyEndsSoftly(raw: string): boolean {
  return endsSoftly(raw) && quotedPrintable.test(raw.slice(0, -1));
}

function decoded(text: string): string {
  const whole = text.replace(/(?:=0[AD])*=?$/, "");
  const bytes = Buffer.from(
    whole.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
  const utf8 = bytes.toString("utf8");
  return utf8.includes("\ufffd") ? bytes.toString("latin1") : utf8;
}

function entity(_: string, code: string | undefined, name: string | undefined): string {
  return code === undefined ? (entities[name ?? ""] ?? "") : String.fromCharCode(Number(code)).replace("\u00a0", " ");
}
