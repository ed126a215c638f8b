import type { ComponentProps } from "preact";

// `off`: nothing follows now. A button that is disabled while it is pressed would take a keyboard's focus with it.
export function Button({ off, onClick, ...rest }: ComponentProps<"button"> & { off: boolean }) {
  return <button type="button" {...rest} aria-disabled={off} onClick={off ? undefined : onClick} />;
}
