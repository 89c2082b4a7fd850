import { expect, it } from "vitest";
import { parseLinkerConf } from "../../../src/parse/program/ld-so-conf.ts";

it("/etc/ld.so.conf names folders and further files", () => {
  expect(
    parseLinkerConf(
      "# libc default\n/usr/local/lib # mine\n\ninclude /etc/ld.so.conf.d/*.conf x.conf\nhwcap 0 nosegneg\n/opt/a=libc6:/opt/b\nrelative\n",
    ),
  ).toEqual([
    { folder: "/usr/local/lib" },
    { include: "/etc/ld.so.conf.d/*.conf" },
    { include: "x.conf" },
    { folder: "/opt/a" },
    { folder: "/opt/b" },
  ]);
  expect(parseLinkerConf("/x\n".repeat(10_000))).toHaveLength(256);
});
