import { outputOf } from "./child-output.ts";

/** The user's language, which grub-mkconfig puts into the boot menu. */
export function userLocale(): Readonly<Record<string, string>> {
  const names = ["LANG", "LANGUAGE", "LC_MESSAGES", "LC_ALL"];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""]));
}

/** All that a short program prints, in English unless `environment` says otherwise. Throws ChildFailed. */
export async function textOfProgram(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of outputOf(program, words, { environment })) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
