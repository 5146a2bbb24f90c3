package io.decant.ingest.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The files of the live page, read once from the class path: its own, and those of uPlot, which draws its charts.
 * Together they are at most {@link #BYTES_MAX} long. Immutable.
 *
 * <p>The page runs nothing and shows nothing that is not one of these files: the browser is told so with each of them.
 */
final class PageFiles {

    /** What a browser loads when it opens the page. */
    static final int BYTES_MAX = 150_000;

    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String INDEX = "index.html";
    /** Path of the icon. */
    static final String ICON = "/page/icon.svg";

    /** In {@code page} beside this class. */
    private static final List<String> OWN = List.of(
            "batches.js",
            "batchlist.js",
            "batchpage.js",
            "changes.js",
            "charts.js",
            "deadletters.js",
            "dom.js",
            "format.js",
            "health.js",
            "history.js",
            "icon.svg",
            "journal.js",
            "main.js",
            "panels.js",
            "reasons.js",
            "replay.js",
            "server.js",
            "sinks.js",
            "sources.js",
            "spark.js",
            "style.css",
            "views.js");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    /** What the header of each of them has besides. */
    static final Map<String, String> FIELDS = Map.of(
            "content-security-policy",
            "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
            "x-content-type-options",
            "nosniff",
            "referrer-policy",
            "no-referrer");

    private final Answer index;
    private final Map<String, Answer> files = new HashMap<>();

    /**
     * @param basePath where a proxy shows the admin port, e.g. {@code /decant}; empty: relative to wherever the page is
     */
    PageFiles(String basePath) {
        // URLs of the page are relative to it; without a slash at its end, its own URL would not do.
        String base = basePath.isEmpty() ? "./" : basePath + "/";
        String html = unindented(read("page/" + INDEX))
                .replace("<base href=\"BASE\">", "<base href=\"" + escaped(base) + "\">");
        index = answer(INDEX, html).with("vary", "accept");
        for (String name : OWN) {
            String text = read("page/" + name);
            files.put("/page/" + name, answer(name, name.endsWith(".css") ? unindented(text) : text));
        }
        files.put("/page/uplot.js", answer("uplot.js", read(UPLOT + "uPlot.iife.min.js")));
        files.put("/page/uplot.css", answer("uplot.css", read(UPLOT + "uPlot.min.css")));
    }

    /** The page itself. */
    Answer index() {
        return index;
    }

    /** What the page loads, by path. */
    Map<String, Answer> files() {
        return Collections.unmodifiableMap(files);
    }

    private static Answer answer(String name, String text) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        Answer answer = Answer.of(200, type, text);
        for (Map.Entry<String, String> field : FIELDS.entrySet()) {
            answer = answer.with(field.getKey(), field.getValue());
        }
        return answer;
    }

    /** Without what stands before the lines, which means nothing in HTML and CSS. */
    private static String unindented(String text) {
        return text.lines().map(String::stripLeading).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String read(String resource) {
        try (InputStream file = PageFiles.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read", e);
        }
    }

    private static String escaped(String attribute) {
        return attribute.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }
}
