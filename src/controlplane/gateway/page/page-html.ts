/** The page: no data, no script and no style of its own; those are files beside it. */
export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>daemonset-conformance: live cluster</title>
<link rel="stylesheet" href="/page/style.css">
</head>
<body>
<header>
<h1>Cluster</h1>
<p>Kubernetes <span id="version"></span> in this process. Cluster time <time id="now"></time>, speed <span id="speed"></span>.</p>
<p id="problem" role="status"></p>
</header>
<main>
<section aria-labelledby="daemonsets-title">
<h2 id="daemonsets-title">DaemonSets: <span id="daemonset-count"></span></h2>
<p>Pods: <span id="pod-count"></span> <span id="phases"></span></p>
<table>
<thead><tr><th scope="col">Name</th><th scope="col">Desired</th><th scope="col">Up to date</th><th scope="col">Available</th><th scope="col">Rollout</th></tr></thead>
<tbody id="daemonsets"></tbody>
</table>
</section>
<section aria-labelledby="nodes-title">
<h2 id="nodes-title">Nodes: <span id="node-count"></span></h2>
<table>
<thead><tr><th scope="col">Name</th><th scope="col">Status</th><th scope="col">Scheduling</th><th scope="col">Pods</th><th scope="col">Taints</th></tr></thead>
<tbody id="nodes"></tbody>
</table>
</section>
<section aria-labelledby="events-title">
<h2 id="events-title">Events</h2>
<table>
<thead><tr><th scope="col">Last seen</th><th scope="col">Type</th><th scope="col">Reason</th><th scope="col">Object</th><th scope="col">Message</th></tr></thead>
<tbody id="events"></tbody>
</table>
</section>
</main>
<script src="/page/script.js"></script>
</body>
</html>
`

/** What the page looks like. */
export const pageStyle = `:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 0 auto; max-width: 80rem; padding: 0 1rem 3rem; line-height: 1.4; }
h1 { margin-bottom: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.3rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.25rem 0.6rem 0.25rem 0; border-bottom: 1px solid #8884; vertical-align: top; overflow-wrap: anywhere; }
.number { font-variant-numeric: tabular-nums; }
.good { color: light-dark(#176b2c, #6fcf87); }
.busy { color: light-dark(#8a5a00, #e5b95c); }
.bad, #problem { color: light-dark(#a3201a, #ff8a80); }
`
