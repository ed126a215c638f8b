// Drawn here: an icon package would weigh more than the page.
const PATHS = {
  send: "M3 20.5v-7l9-1.5-9-1.5v-7l19 8.5z",
  attach: "M20 11.5 11.6 20a5.4 5.4 0 0 1-7.7-7.7l8.9-8.8a3.6 3.6 0 0 1 5.1 5.1l-8.8 8.8a1.8 1.8 0 0 1-2.6-2.5L14.3 7",
  camera: "M3 8.5A1.5 1.5 0 0 1 4.5 7H8l1.5-2.5h5L16 7h3.5A1.5 1.5 0 0 1 21 8.5v9A1.5 1.5 0 0 1 19.5 19h-15A1.5 1.5 0 0 1 3 17.5zM12 9.3a3.6 3.6 0 1 0 0 7.2 3.6 3.6 0 0 0 0-7.2z",
  file: "M6 2.5h8l5 5v14H6zM14 2.5v5h5M12.5 11v7m-3-3 3 3 3-3",
  bin: "M4 6.5h16M9.5 6V3.5h5V6M6 6.5l1 14h10l1-14M10 10v7M14 10v7",
  close: "M5 5l14 14M19 5 5 19",
};

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
