import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./app.css";
import { Page } from "./page";

document.body.replaceChildren();
render(<Page />, document.body);
