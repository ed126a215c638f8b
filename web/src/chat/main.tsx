import { render } from "preact";
import "./chat.css";
import { Page } from "./page";

render(<Page />, document.body);
