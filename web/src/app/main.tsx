import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./app.css";
import { Page } from "./page";

render(<Page />, document.body);
