import { fs, isUtf8 } from "../../platform/builtins.ts";
import { attempt, readBytes } from "../../platform/pseudo-file.ts";
import type { AlertConfig } from "../systems/alert-reader.ts";
import { isKnownSystem } from "../systems/known-text.ts";
import { ConfigUnreadable } from "./config-unreadable.ts";

/** All templates of Zabbix in one export are less than this. */
const mostBytes = 4 << 20;

/** Names and beginnings by which a file is YAML, JSON or XML. What is none of them is read by its lines. */
const treeNames = /\.(?:ya?ml|json|xml)$/i;
const yamlStart =
  /^\s*(?:#[^\n]*\n\s*)*(?:---|%YAML|\{|\[\s*["{]|(?:groups|apiVersion|zabbix_export|namespace|kind):\s)/;

/**
 * Reads a file of some monitoring system's configuration; its parser is loaded when there is something to parse. Throws
 * ConfigUnreadable.
 */
export async function readAlertFile(path: string): Promise<AlertConfig> {
  const text = await textOf(path);
  try {
    const tree = await treeOf(path, text);
    if (tree === null && !isKnownSystem(text)) throw new ConfigUnreadable("not a monitoring system's configuration");
    return { text, tree };
  } catch (error) {
    // Parsers call themselves for each level, and a file may have more levels than the stack has room.
    if (error instanceof RangeError) throw new ConfigUnreadable("nested too deeply", { cause: error });
    throw error;
  }
}

async function textOf(path: string): Promise<string> {
  if (path === "-") return plainText(await standardInput());
  // Never a device: crngwatch never reads /dev/random or /dev/urandom, even where they are named.
  const kind = attempt(() => fs.statSync(path));
  if (kind.kind === "ok" && !kind.value.isFile())
    throw new ConfigUnreadable(kind.value.isDirectory() ? "a folder, not a file" : "not a regular file");
  const read = readBytes(path, mostBytes + 1);
  switch (read.kind) {
    case "absent":
      throw new ConfigUnreadable("no such file");
    case "denied":
      throw new ConfigUnreadable("no permission");
    case "failed":
      throw new ConfigUnreadable(read.errno);
    case "ok":
      return plainText(read.value);
  }
}

function plainText(bytes: Buffer): string {
  if (bytes.length > mostBytes) throw new ConfigUnreadable(`larger than ${mostBytes >> 20} MiB`);
  if (!isUtf8(bytes)) throw new ConfigUnreadable("not a text in UTF-8");
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}

/** No more than is read of a file. Throws ConfigUnreadable for a device: see above. */
async function standardInput(): Promise<Buffer> {
  const stats = attempt(() => fs.fstatSync(0));
  if (stats.kind === "ok" && (stats.value.isCharacterDevice() || stats.value.isBlockDevice()))
    throw new ConfigUnreadable("a device or terminal, not a file or pipe");
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    total += chunk.length;
    if (total > mostBytes) break;
  }
  return Buffer.concat(chunks);
}

async function treeOf(path: string, text: string): Promise<AlertConfig["tree"]> {
  if (/^\s*<[?!a-z]/i.test(text)) return await (await import("./xml-tree.ts")).xmlTree(text);
  return treeNames.test(path) || yamlStart.test(text) ? await (await import("./yaml-tree.ts")).yamlTree(text) : null;
}
