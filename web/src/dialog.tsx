import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";
import { text } from "./texts";

// A dialog of the browser's own: it keeps the focus inside, Escape closes it, and the focus goes back.
export function Dialog({ title, kind, onClose, children }: {
  title: string; kind: string; onClose: () => void; children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  return (
    <dialog ref={dialog} class={kind} aria-label={title} onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}>
      <div class="panel">
        <header>
          <h2>{title}</h2>
          <button type="button" class="round" aria-label={text("page_close")} onClick={onClose}><Icon name="close" /></button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
