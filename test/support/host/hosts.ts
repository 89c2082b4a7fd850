import { join } from "node:path";
import { project } from "../running/program.ts";

/** The folder of fixture hosts: one machine each. */
export const hosts = join(project, "test/fixtures/hosts");

/** The folder of a fixture that looks like a machine. */
export function hostOfStory(story: string): string {
  return join(hosts, story, "host");
}
