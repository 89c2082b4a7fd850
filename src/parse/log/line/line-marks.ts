// Terminal escape sequences (ECMA-48, xterm's OSC), also as `cat -v` and rsyslog print them.
const escapes =
  // oxlint-disable-next-line no-control-regex -- they begin with a control character
  /(?:\x1b|\^\[|#033)(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|\[\d{1,3}(?:;\d{1,3}){0,4}m/g;
/** What systemd clears a console's line with, "ESC M" and "ESC [K", in front of its status where the ESC was lost. */
const clearedLine = /^(?:M?\[K)+M?(?=\[)/;
/** Quoted-printable (RFC 2045, 6.7): what no log holds otherwise. A "=" at the end alone may be a log's own. */
const quotedPrintable = /=(?:3D|A0|C2=A0|E2=80=|0[9AD]=?$|20$)/;
/** Elements of web pages and wikis that are around or within a pasted line. */
const tags =
  /<\/?(?:a|b|big|blockquote|br|center|code|del|details|div|em|font|h[1-6]|hr|i|ins|kbd|li|mark|nowiki|ol|p|pre|s|samp|small|source|span|strong|sub|summary|sup|syntaxhighlight|table|tbody|td|th|tr|tt|u|ul|wbr)(?: [^<>]{0,200})?\/?>/gi;
/**
 * BBCode of forums: short names, which the kernel may print in brackets itself, where they open or close a line only.
 */
const boardCode =
  /\[(?:\/(?:b|i|u|s|tt|pre|code|quote|color|colour|font|size|spoiler|mono|noparse|details|indent|highlight|url|list)|(?:code|quote|color|colour|font|size|spoiler|mono|noparse|details|indent|highlight|url)(?:=[^[\]]{0,200})?)\]/gi;
const boardCodeInFront = /^(?:\[(?:b|i|u|s|tt|pre|\*)\]\s*)+/i;
/** Jira's and Confluence's markup. */
const trackerCode = /\{(?:noformat|code|quote|panel|color)(?::[^{}]{0,200})?\}|\{\{(?=\[ *\d|<\d|random: )|\}\}$/gi;
/**
 * Inline code and emphasis of Markdown, reStructuredText, Org and MediaWiki in front of what a log's line begins with.
 */
const emphasis =
  /^(?:`+|\*{1,3}|_{1,3}|~{1,2}|={1,2}|'{2,5}|@)(?=\[ *\d|\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d|<\d{1,3}>\[|random: |Linux version )/;
const emphasisAfter = /[`*_~'@]{1,5}$/;
/**
 * What is left of a longer line that a shorter one overwrote on a console: systemd shows how far fsck is, "Checking in
 * progress on 1 disk (12.3% complete)", and returns to the line's beginning.
 */
const fsckProgress = /(?:(?:\.?\d?%)? complete|c?omplete|mplete|plete|lete|ete|te|e|(?<=\.{3}))\)$/;
const [fsckShortest, fsckLongest] = [46, 49];
/** What Markdown's writers put a backslash in front of. */
const escapedPunctuation = /\\([[\]_*`~<>#|(){}!+.-])/g;
const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
  nbsp: " ",
  lsqb: "[",
  rsqb: "]",
  lbrack: "[",
  rbrack: "]",
  lpar: "(",
  rpar: ")",
  colon: ":",
  period: ".",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  larr: "←",
  hellip: "…",
};
const entityPattern = new RegExp(`&(?:#0*(\\d{1,7})|#x0*([0-9a-f]{1,6})|(${Object.keys(entities).join("|")}));`, "gi");

/**
 * A log line without what surrounds it where it was found: terminal colours, the zeros of a file's hole, the
 * quotation marks and the encoding of mail, the markup of web pages, forums and bug trackers. What `raw` itself says
 * stays.
 */
export function withoutMarks(raw: string): string {
  let text = raw.includes("\x1b") || raw.includes("m") || raw.includes("^[") ? raw.replace(escapes, "") : raw;
  text = withoutProgress(text);
  text = text.replace(/^[\0\ufeff\u200b\s]+/, "").replace(clearedLine, "");
  if (text.includes("=") && quotedPrintable.test(text)) text = decoded(text);
  text = text
    .replaceAll("\u00a0", " ")
    .replaceAll("\u200b", "")
    .trimStart()
    .replace(/\^M(?:\^J)?$/, "");
  // A table's cell, and what some mail programs quote with.
  if (/^\|[^|]*\|\s*$/.test(text)) text = text.replace(/\|\s*$/, "");
  if (text.startsWith(">") || text.startsWith("|")) text = text.replace(/^(?:[>|]\s?)+\s*/, "");
  if (text.includes("<")) text = text.replace(tags, "");
  // A page that is quoted in a page has them twice.
  for (let times = 0; times < 2 && text.includes("&") && text.includes(";"); times++)
    text = text.replace(entityPattern, entity);
  return withoutMarkup(text);
}

/** A line's own bracket has its other half in front. */
function withoutProgress(text: string): string {
  const isAsLong = text.length >= fsckShortest && text.length <= fsckLongest;
  return isAsLong && text.endsWith(")") && !text.includes("(") ? text.replace(fsckProgress, "") : text;
}

/** Without what forums, wikis and bug trackers put around a line of a log to set it apart. */
function withoutMarkup(whole: string): string {
  let text = whole;
  if (text.startsWith("[") || text.includes("[/") || text.includes("="))
    text = text.replace(boardCode, "").replace(boardCodeInFront, "");
  if (text.includes("{")) text = text.replace(trackerCode, "");
  if (text.includes("\\[") || text.includes("\\_")) text = text.replace(escapedPunctuation, "$1");
  // Alone it is a block's end.
  text = text.replace(/(?<=.)```$/, "");
  return emphasis.test(text) ? text.trimEnd().replace(emphasis, "").replace(emphasisAfter, "") : text;
}

/** Whether the line's end shows that it continues: a soft line break of quoted-printable. */
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

function entity(whole: string, decimal: string | undefined, hex: string | undefined, name: string | undefined): string {
  if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code > 0x10ffff ? whole : String.fromCodePoint(code).replace("\u00a0", " ");
}
