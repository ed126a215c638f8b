import { useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { text } from "../texts";
import type { Conversation } from "./conversation";

export function Forget({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const [failed, setFailed] = useState(false);
  const forget = async () => setFailed(!(await conversation.forget()));
  return (
    <Dialog title={text("page_forget_ask")} kind="forget" onClose={onClose}>
      <p>{text("page_forget_what")}</p>
      <div role="alert">{failed && <p class="failed">{text("page_forget_failed")}</p>}</div>
      <div class="choices">
        <button type="button" onClick={onClose}>{text("page_forget_no")}</button>
        <button type="button" class="main danger" onClick={() => void forget()}>{text("page_forget")}</button>
      </div>
    </Dialog>
  );
}
