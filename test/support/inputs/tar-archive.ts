/** What a header says; the rest is as tar(1) would write it. */
export interface Fields {
  readonly path?: string;
  readonly type?: string;
  readonly size?: number | Buffer;
  readonly prefix?: string;
  readonly magic?: string;
  /** GNU sparse: blocks with more of its map follow. */
  readonly continues?: boolean;
}

/** The header of a member, with its checksum. */
export function header({
  path = "",
  type = "0",
  size = 0,
  prefix = "",
  magic = "ustar\x0000",
  continues = false,
}: Fields): Buffer {
  const block = Buffer.alloc(512);
  block.write(path, 0, 100, "utf8");
  block.write("0000644\0", 100);
  if (typeof size === "number") block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else size.copy(block, 124);
  block.write("        ", 148);
  block.write(type, 156, "latin1");
  block.write(magic, 257, "latin1");
  block.write(prefix, 345, 155, "utf8");
  if (continues) block[482] = 1;
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** A member with its data, in whole blocks. */
export function member(fields: Fields, content: string | Buffer = ""): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([header({ size: bytes.length, ...fields }), bytes, Buffer.alloc(-bytes.length & 511)]);
}

/** A pax header for the next member, or (type g) for all. */
export function pax(records: Readonly<Record<string, string>>, type = "x"): Buffer {
  return member(
    { path: "PaxHeaders/x", type },
    Object.entries(records)
      .map(([key, value]) => record(` ${key}=${value}\n`))
      .join(""),
  );
}

/** An archive with its end mark. */
export function archive(...members: readonly Buffer[]): Buffer {
  return Buffer.concat([...members, Buffer.alloc(1024)]);
}

/** The length counts its own digits. */
function record(rest: string): string {
  const bytes = Buffer.byteLength(rest);
  const digits = [1, 2, 3, 4, 5].find((count) => `${bytes + count}`.length === count) ?? 0;
  return `${bytes + digits}${rest}`;
}
