/** The most strings that a part of a pattern may be for all of them to be followed. */
const mostExact = 12;
/** A longer word finds no fewer lines. */
const longEnough = 10;

/** What is known of the text that a part of a pattern matches. */
interface Piece {
  /** All strings that it can be, in small letters; null where they are too many. */
  readonly exact: readonly string[] | null;
  /** It holds one of these; null where no such words are known. */
  readonly words: readonly string[] | null;
}

const nothing: Piece = { exact: [""], words: null };
const anything: Piece = { exact: null, words: null };

/**
 * Words of which each text that the pattern matches holds one, in whatever case: to search them is cheaper than to ask
 * the pattern. Null where the pattern requires no word of `least` letters. All words are ASCII in small letters.
 */
export function requiredWords({ source, flags }: RegExp, least: number): readonly string[] | null {
  // With "u" and "i", letters beyond ASCII fit ASCII's.
  if (/[uv]/.test(flags)) return null;
  const { words } = new PatternReader(source).read();
  return words !== null && words.every(({ length }) => length >= least) ? words : null;
}

/** Reads an expression's source, which the engine has found valid. */
class PatternReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): Piece {
    const alternatives = [this.#readSequence()];
    while (this.#takes("|")) alternatives.push(this.#readSequence());
    return oneOf(alternatives);
  }

  #readSequence(): Piece {
    const parts: Piece[] = [];
    while (this.#at < this.#source.length) {
      const plain = this.#plainText();
      if (plain !== "") parts.push({ exact: [plain.toLowerCase()], words: null });
      else if (this.#source.charAt(this.#at) === "|" || this.#source.charAt(this.#at) === ")") break;
      else parts.push(this.#readQuantifier(this.#readAtom()));
    }
    return inTurn(parts);
  }

  /** Takes the characters that stand for themselves, up to one that may be missing or repeated. */
  #plainText(): string {
    const start = this.#at;
    let end = start;
    while (isPlain(this.#source.charCodeAt(end))) end++;
    if (end > start && isQuantifier(this.#source.charCodeAt(end))) end--;
    this.#at = end;
    return this.#source.slice(start, end);
  }

  #readAtom(): Piece {
    const char = this.#source.charAt(this.#at++);
    if (char === "(") return this.#readGroup();
    if (char === "[") return this.#readClass();
    if (char === "\\") return this.#readEscape();
    if (char === "^" || char === "$") return nothing;
    return char === "." ? anything : literal(char);
  }

  #readGroup(): Piece {
    const head = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(this.#source.slice(this.#at))?.[0] ?? "";
    this.#at += head.length;
    const part = this.read();
    this.#at++;
    // What surrounds a position is not part of the text that follows it.
    return /[=!]$/.test(head) ? nothing : part;
  }

  #readClass(): Piece {
    const start = this.#at;
    while (this.#source.charAt(this.#at) !== "]") this.#at += this.#source.charAt(this.#at) === "\\" ? 2 : 1;
    const members = this.#source.slice(start, this.#at++);
    return /^[A-Za-z\d ./:]{1,4}$/.test(members) ? oneOf(members.split("").map(literal)) : anything;
  }

  #readEscape(): Piece {
    const char = this.#source.charAt(this.#at++);
    const digits = char === "x" ? 2 : char === "u" ? 4 : 0;
    if (digits > 0) {
      const code = Number.parseInt(this.#source.slice(this.#at, (this.#at += digits)), 16);
      return literal(String.fromCharCode(code));
    }
    if (char === "b" || char === "B") return nothing;
    return /\w/.test(char) ? anything : literal(char);
  }

  #readQuantifier(part: Piece): Piece {
    if (!isQuantifier(this.#source.charCodeAt(this.#at))) return part;
    const quantifier = /^(?:[?*+]|\{(\d+)(,\d*)?\})\??/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (quantifier === null) return part;
    this.#at += quantifier[0].length;
    if (quantifier[0].startsWith("?")) return oneOf([part, nothing]);
    const isOptional = quantifier[0].startsWith("*") || Number(quantifier[1] ?? "1") === 0;
    return isOptional ? anything : { exact: null, words: better(part.words, part.exact) };
  }

  #takes(char: string): boolean {
    if (this.#source.charAt(this.#at) !== char) return false;
    this.#at++;
    return true;
  }
}

/** By its code: a character that means itself alone in an expression. */
const plain = Array.from({ length: 128 }, (_, code) => !/[\\^$.*+?()[\]{}|]/.test(String.fromCharCode(code)));
const [questionMark, star, plus, brace] = [0x3f, 0x2a, 0x2b, 0x7b];

function isPlain(code: number): boolean {
  return plain[code] === true;
}

function isQuantifier(code: number): boolean {
  return code === questionMark || code === star || code === plus || code === brace;
}

function literal(char: string): Piece {
  return char < "\x80" ? { exact: [char.toLowerCase()], words: null } : anything;
}

function oneOf(parts: readonly Piece[]): Piece {
  const exact = unionOf(parts.map((part) => part.exact));
  const words = unionOf(parts.map((part) => better(part.words, part.exact)));
  return { exact: exact !== null && exact.length <= mostExact ? exact : null, words };
}

function unionOf(lists: readonly (readonly string[] | null)[]): readonly string[] | null {
  return lists.includes(null) ? null : [...new Set(lists.flatMap((list) => list ?? []))];
}

function inTurn(parts: readonly Piece[]): Piece {
  // The strings that the parts since the last one of unknown text can be, one after the other.
  let run: readonly string[] = [""];
  let words: readonly string[] | null = null;
  let isExact = true;
  for (const part of parts) {
    const { exact } = part;
    if (exact !== null && exact.length * run.length <= mostExact) {
      run = run.flatMap((front) => exact.map((rest) => front + rest));
      continue;
    }
    words = better(better(words, run), part.words);
    isExact = false;
    run = exact ?? [""];
  }
  return { exact: isExact ? run : null, words: better(words, run) };
}

/** Those of two lists of words that are found in fewer lines. */
function better(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  const [first, second] = [shortest(one), shortest(other)];
  if (first === 0 && second === 0) return null;
  if (first === second) return (one as readonly string[]).length <= (other as readonly string[]).length ? one : other;
  return first > second ? one : other;
}

/** The length of the shortest word; 0 where one is empty, or there are none. */
function shortest(words: readonly string[] | null): number {
  return words === null ? 0 : Math.min(longEnough, ...words.map(({ length }) => length));
}
