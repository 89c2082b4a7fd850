import { outputOf } from "./child-output.ts";

/** All that a short program prints. Throws ChildFailed. */
export async function textOfProgram(program: string, words: readonly string[]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of outputOf(program, words)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
