// Files need the session's token, so they are fetched, and shown out of the page's own memory.
import { useEffect, useState } from "preact/hooks";
import type { Message } from "../api";
import * as api from "../api";
import { Dialog } from "../dialog";
import { Icon } from "../icons";
import { megabytes, text } from "../texts";
import type { Conversation } from "./conversation";

const addresses = new Map<string, Promise<string>>();

function addressOf(id: string): Promise<string> {
  let address = addresses.get(id);
  if (!address) {
    address = api.file(id).then((blob) => URL.createObjectURL(blob));
    addresses.set(id, address);
    address.catch(() => addresses.delete(id));
  }
  return address;
}

export function Picture({ id, isMine }: { id: string; isMine: boolean }) {
  const [address, setAddress] = useState<string>();
  const [failed, setFailed] = useState(false);
  const [large, setLarge] = useState(false);
  const load = () => {
    setFailed(false);
    addressOf(id).then(setAddress, () => setFailed(true));
  };
  useEffect(load, [id]);
  const alt = text(isMine ? "page_own_picture" : "page_picture");
  if (failed) return <button type="button" class="photo" onClick={load}>{text("page_save_failed")} {text("page_retry")}</button>;
  return (
    <>
      <button type="button" class="photo" aria-label={`${alt}. ${text("page_enlarge")}`} onClick={() => setLarge(true)}>
        {address && <img src={address} alt="" />}
      </button>
      {large && <Dialog title={alt} kind="viewer" onClose={() => setLarge(false)}><img src={address} alt={alt} /></Dialog>}
    </>
  );
}

export function Preview({ photo }: { photo: File }) {
  const [address, setAddress] = useState<string>();
  const [isShown, setShown] = useState(true); // not every picture is one that a browser can draw
  useEffect(() => {
    const made = URL.createObjectURL(photo);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  if (!isShown) return <span>{photo.name}</span>;
  return <span class="photo">{address && <img src={address} alt={photo.name} onError={() => setShown(false)} />}</span>;
}

export function FileLink({ file, conversation }: { file: NonNullable<Message["file"]>; conversation: Conversation }) {
  const save = async () => {
    try {
      const link = document.createElement("a");
      link.href = await addressOf(file.id);
      link.download = file.name;
      link.click();
    } catch {
      conversation.notice(text("page_save_failed"));
    }
  };
  const label = file.size && file.size >= 50_000
    ? text("page_download", { name: file.name, size: megabytes(file.size) })
    : text("page_save", { name: file.name });
  return <button type="button" class="file" onClick={() => void save()}><Icon name="file" /><span>{label}</span></button>;
}
