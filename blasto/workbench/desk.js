// The pages under /_blasto/ work without this; with it they answer while one types.
(() => {
	const form = document.querySelector("form[data-live]");
	let latest = 0;
	async function show() {
		const mine = ++latest;
		const query = new URLSearchParams(new FormData(form));
		const answer = await fetch(`?${query}`);
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		if (mine !== latest) return;
		document.querySelector("[data-result]").replaceWith(page.querySelector("[data-result]"));
		history.replaceState(null, "", `?${query}`);
	}
	form?.addEventListener("input", show);
	form?.addEventListener("submit", (event) => { event.preventDefault(); show(); });

	if (document.querySelector("[data-busy]")) {
		const timer = setInterval(async () => {
			const {running} = await (await fetch("/_blasto/survey")).json();
			if (!running) { clearInterval(timer); location.reload(); }
		}, 700);
	}

	const pairs = document.getElementById("pairs");
	if (pairs) {
		const edges = document.querySelector(".edges").getAttribute("d").split(/(?=M)/);
		const ends = JSON.parse(pairs.textContent);
		const graph = document.querySelector(".graph svg");
		const light = (dot) => {
			const number = dot ? Number(dot.dataset.dot) : -1;
			const mine = edges.filter((_, index) => ends[index].includes(number));
			graph.querySelector(".lit").setAttribute("d", mine.join(""));
			graph.querySelector(".name").textContent = dot ? dot.querySelector("title").textContent : "";
			graph.classList.toggle("quiet", number >= 0);
		};
		const over = (event) => light(event.target.closest("[data-dot]"));
		graph.addEventListener("pointerover", over);
		graph.addEventListener("focusin", over);
	}
})();
