declare module "pino/browser.js" {
  export { pino as default } from "pino";
}
