import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import type { Sentence } from "../texts";
import { text } from "../texts";

const QUALITY = 0.92;

export function Camera({ onClose, onPhoto }: { onClose: () => void; onPhoto: (photo: File) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [isReady, setReady] = useState(false);
  const [problem, setProblem] = useState<Sentence>();
  const [photo, setPhoto] = useState<{ file: File; address: string }>();
  useEffect(() => watch(video, setProblem), []);
  useEffect(() => () => { if (photo) URL.revokeObjectURL(photo.address); }, [photo]);
  const take = async () => {
    const file = video.current && (await still(video.current));
    if (file) setPhoto({ file, address: URL.createObjectURL(file) });
  };
  const send = () => {
    if (photo) onPhoto(photo.file);
    onClose();
  };
  return (
    <Dialog title={text("page_camera")} kind="camera" onClose={onClose}>
      {problem
        ? <p role="alert">{text(problem)}</p>
        : <div class="lens">
            <video ref={video} autoPlay muted playsInline aria-hidden="true" onLoadedData={() => setReady(true)} />
            {photo && <img src={photo.address} alt={text("page_own_picture")} />}
          </div>}
      <div class="choices">
        {problem && <button type="button" class="main" onClick={onClose}>{text("page_close")}</button>}
        {isReady && !photo && <button type="button" class="main" onClick={() => void take()}>{text("page_camera_take")}</button>}
        {photo && <button type="button" onClick={() => setPhoto(undefined)}>{text("page_camera_again")}</button>}
        {photo && <button type="button" class="main" onClick={send}>{text("page_camera_send")}</button>}
      </div>
    </Dialog>
  );
}

// Shows the camera until what it returns is called; then the camera's light goes out.
function watch(video: { current: HTMLVideoElement | null }, onProblem: (why: Sentence) => void): () => void {
  let stream: MediaStream | undefined;
  let isOver = false;
  const stop = () => {
    isOver = true;
    stream?.getTracks().forEach((track) => track.stop());
  };
  const start = async () => {
    if (!navigator.mediaDevices) return onProblem("page_camera_none");
    try {
      const asked = { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 1280 } };
      stream = await navigator.mediaDevices.getUserMedia({ video: asked });
      if (isOver) stop();
      else if (video.current) video.current.srcObject = stream;
    } catch (error) {
      onProblem(reason(error));
    }
  };
  void start();
  return stop;
}

function reason(error: unknown): Sentence {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "page_camera_refused";
  return name === "NotReadableError" || name === "AbortError" ? "page_camera_busy" : "page_camera_none";
}

// The picture as others see the person: only the preview is a mirror.
function still(video: HTMLVideoElement): Promise<File | null> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(blob && new File([blob], "camera.jpg", { type: "image/jpeg" })), "image/jpeg", QUALITY);
  });
}
