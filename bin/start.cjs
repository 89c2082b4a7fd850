// What bin/crngwatch runs: the program itself, where this Node can run it. Written in ECMAScript 5, because an old Node
// does not parse dist/ and would print a stack trace. The version is that of "engines" in package.json; a test holds it.
"use strict";
var oldest = [20, 19];
var version = process.versions.node.split(".");
var major = Number(version[0]);

if (major < oldest[0] || (major === oldest[0] && Number(version[1]) < oldest[1])) {
  var message =
    "Node.js " +
    process.versions.node +
    " ('" +
    process.execPath +
    "') is too old: install Node.js " +
    oldest.join(".") +
    " or newer, or set CRNGWATCH_NODE to the path of one";
  // A monitoring system reads standard output, and takes exit code 1 for a WARNING.
  var check = process.argv[2] === "check";
  require("fs").writeSync(check ? 1 : 2, (check ? "CRNG UNKNOWN - " : "crngwatch: ") + message + "\n");
  process.exit(check ? 3 : 1);
}
module.exports = require("../dist/main.cjs");
