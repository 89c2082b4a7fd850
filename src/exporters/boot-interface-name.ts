/** The name of crngwatch's Varlink interface, and of its socket's file. Apart, so that `status` loads no more of it. */
export const bootInterfaceName = "io.crngwatch";
