import { describe, expect, it } from "vitest";
import { isShellPrompt, parseBootEnd } from "../../../src/parse/sign/boot-end.ts";

describe("parseBootEnd: a line that shows that the boot is over", () => {
  const line = { origin: "user", at: null, storedAt: null, wall: null, wallForm: null, tag: null, indent: 0 } as const;
  const says = (text: string, program: string | null, bare = false, front?: string): string | null =>
    parseBootEnd(
      { ...line, text, ...(front === undefined ? {} : { front }) },
      { program, byKernel: false, text },
      bare,
    );
  const login = "Accepted publickey for anna from 192.0.2.7 port 51012 ssh2";

  it("has 300 characters at most", () => {
    expect(says(login.padEnd(300, "x"), "sshd")).toBe("a user had logged in");
    expect(says(login.padEnd(301, "x"), "sshd")).toBeNull();
  });

  it("is of the program that prints such lines", () => {
    expect(says(login, null)).toBeNull();
    const target = "Reached target Multi-User System.";
    expect([says(target, "systemd"), says(target, "logger")]).toEqual([
      "systemd had reached the last target of the boot",
      null,
    ]);
    expect(says(`[  OK  ] ${target}`, null)).not.toBeNull();
  });

  it("is a console's prompt on a line of its own, or in front of a kernel's line", () => {
    const prompt = "the console had its login prompt";
    expect([says("box login: ", null, true), says("box login: ", null), says("box login: ", "sh", true)]).toEqual([
      prompt,
      null,
      null,
    ]);
    expect(says("usb 1-1: new", null, false, "box login: ")).toBe(prompt);
  });
});

describe("isShellPrompt: whether the kernel printed after a shell's prompt", () => {
  it.each([
    ["~ # ", true],
    ["root@(none):/# ", true],
    ["anna@box:~$ ", true],
    ["[anna@box ~]$ ", true],
    // A person's comment, or the rest of a table.
    ["# ", false],
    ["root@(none):/# exit", false],
    ["dracut:/# ", false],
    ["switch_root:/# ", false],
    [`${"x".repeat(81)}# `, false],
  ])("'%s'", (front, is) => expect(isShellPrompt(front)).toBe(is));
});
