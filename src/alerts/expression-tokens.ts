export type Token =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "name"; readonly value: string }
  /** What is in braces or brackets after a metric: label matchers, a range. */
  | { readonly kind: "selector"; readonly value: string }
  | { readonly kind: "sign"; readonly value: string };

/** A text that is no expression of any language that is read here. */
export class NoExpression extends Error {
  override readonly name = "NoExpression";
}

/** Longer ones are not written by hand. */
const mostCharacters = 16_384;

/** Suffixes of numbers: Zabbix's multiples of 1024, and times in seconds. */
const suffixes: Readonly<Record<string, number>> = {
  K: 1 << 10,
  M: 1 << 20,
  G: 1 << 30,
  T: 2 ** 40,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

const forms: readonly (readonly [kind: Token["kind"] | "blank", form: RegExp])[] = [
  ["blank", /(?:\s|#[^\n]*)+/y],
  ["number", /(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([KMGTsmhdw](?!\w))?/y],
  ["text", /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/sy],
  ["name", /\$\{[^}]*\}|(?:[$A-Za-z_]|:(?=[A-Za-z_]))[\w:.$]*/y],
  ["selector", /\{(?:[^{}"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*\}|\[[^\][]*\]/sy],
  ["sign", /<=|>=|==|!=|<>|=~|!~|&&|\|\||[-+*/%^<>=!?:(),@|&]/y],
];

/** Cuts an expression into its words. Throws NoExpression at what is none. */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > mostCharacters) throw new NoExpression("longer than an expression is");
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const found = wordAt(text, at);
    if (found === null) throw new NoExpression(`'${text.slice(at, at + 10)}' begins no word`);
    if (found.token !== null) tokens.push(found.token);
    at = found.end;
  }
  return tokens;
}

function wordAt(text: string, at: number): { readonly token: Token | null; readonly end: number } | null {
  for (const [kind, form] of forms) {
    form.lastIndex = at;
    const found = form.exec(text);
    if (found !== null) return { token: tokenOf(kind, found[0], found[1]), end: form.lastIndex };
  }
  return null;
}

function tokenOf(kind: Token["kind"] | "blank", word: string, suffix: string | undefined): Token | null {
  switch (kind) {
    case "blank":
      return null;
    case "number":
      return {
        kind: "number",
        value: suffix === undefined ? Number(word) : Number(word.slice(0, -1)) * (suffixes[suffix] as number),
      };
    case "text":
      return { kind: "text", value: word.slice(1, -1) };
    case "name":
      return { kind: "name", value: word.replace(/^\$\{(.*)\}$/s, "$$$1") };
    case "selector":
    case "sign":
      return { kind, value: word };
  }
}
