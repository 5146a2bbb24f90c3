package io.decant.ingest.admin;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real browser without a window, as Debian's packages {@code chromium} and {@code chromium-driver} have it. */
public final class PageBrowser implements AutoCloseable {

    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    /** How long anything may take on a machine that does much else. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ChromeDriver driver;
    /** What the browser keeps on the disk. */
    private final Path profile;

    private PageBrowser(ChromeDriver driver, Path profile) {
        this.driver = driver;
        this.profile = profile;
    }

    /** Starts it; skips the test, by name, where it is not installed. */
    public static PageBrowser start() throws IOException {
        assumeTrue(
                Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER),
                () -> "not installed: " + BROWSER + " or " + DRIVER + " (Debian: chromium, chromium-driver)");
        Path profile = Files.createTempDirectory("decant-browser");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(BROWSER.toFile());
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--force-device-scale-factor=1",
                "--hide-scrollbars",
                "--user-data-dir=" + profile);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .withLogFile(new File("/dev/null"))
                .build();
        return new PageBrowser(new ChromeDriver(service, options), profile);
    }

    /** As a user would have it who has just come: a screen of that size, light, nothing blocked, no message so far. */
    public void reset(int width, int height) {
        driver.get("about:blank");
        size(width, height);
        scheme("light");
        block(List.of());
        problems();
    }

    public void open(String url) {
        driver.get(url);
        await("document.getElementById('health').dataset.level !== 'unknown'");
    }

    /** Whatever is there, the page or something else. */
    public void show(String url) {
        driver.get(url);
    }

    /** Types, wherever the focus is. */
    public void type(String text) {
        new Actions(driver).sendKeys(text).perform();
    }

    public void size(int width, int height) {
        var unused = driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    }

    /** @param scheme {@code light} or {@code dark} */
    public void scheme(String scheme) {
        var unused = driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Has requests fail whose URL is like one of those; empty: none. */
    public void block(List<String> urls) {
        var unused = driver.executeCdpCommand("Network.enable", Map.of());
        var ignored = driver.executeCdpCommand("Network.setBlockedURLs", Map.of("urls", urls));
    }

    /** Bytes of JavaScript's heap that are in use, after all garbage is collected. */
    public long heapBytes() {
        var unused = driver.executeCdpCommand("HeapProfiler.collectGarbage", Map.of());
        Map<String, Object> usage = driver.executeCdpCommand("Runtime.getHeapUsage", Map.of());
        return ((Number) usage.get("usedSize")).longValue();
    }

    /** From now on, the page notes when each batch is first shown as delivered. */
    public void watchBatches() {
        var unused = driver.executeScript("""
                const shown = new Map();
                const look = () => document.querySelectorAll("#completed tr[data-state=delivered]").forEach((row) => {
                  const number = Number(row.querySelector("a").hash.slice("#batch/".length));
                  if (!shown.has(number)) shown.set(number, Date.now());
                });
                look();
                new MutationObserver(look).observe(document.getElementById("completed"),
                    {childList: true, subtree: true, attributes: true});
                const told = new Map();
                const events = new EventSource("events");
                events.addEventListener("batch-completed", (event) => {
                  const batch = JSON.parse(event.data);
                  told.set(batch.number, Math.max(batch.completedAt, told.get(batch.number) ?? 0));
                });
                window.delayOf = (number) =>
                    shown.has(number) && told.has(number) ? shown.get(number) - told.get(number) : -1;
                """);
    }

    /** From the time at which the last sink had a batch to the time at which the page showed it. */
    public long batchDelayMillis(long number) {
        await("window.delayOf(" + number + ") !== -1");
        return number("window.delayOf(" + number + ")");
    }

    /** What an expression is. */
    public Object value(String expression, Object... arguments) {
        return driver.executeScript("return " + expression + ";", arguments);
    }

    public long number(String expression, Object... arguments) {
        return ((Number) value(expression, arguments)).longValue();
    }

    /** What a function body returns, or resolves to; it may await. */
    public Object run(String body) {
        driver.manage().timeouts().scriptTimeout(PATIENCE.multipliedBy(3));
        Object result = driver.executeAsyncScript("const done = arguments[arguments.length - 1];" + "(async () => {"
                + body + "})().then(done, (error) => done('failed: ' + error + error.stack));");
        if (result instanceof String text && text.startsWith("failed: ")) {
            throw new AssertionError(text);
        }
        return result;
    }

    /** Waits until an expression is true. */
    public void await(String expression) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Boolean.TRUE.equals(value("Boolean(" + expression + ")"))) {
            if (System.nanoTime() - deadline >= 0) {
                throw new AssertionError("still not: " + expression + "; the page says: " + text("body"));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** What is to be read in the first element that a selector of CSS finds. */
    public String text(String selector) {
        return find(selector).getText();
    }

    public WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** Chooses an option of a select by its value, as a user does. */
    public void choose(String selector, String value) {
        find(selector + " option[value='" + value + "']").click();
    }

    /** Presses keys, wherever the focus is. */
    public void press(Keys... keys) {
        for (Keys key : keys) {
            new Actions(driver).sendKeys(key).perform();
        }
    }

    /** Presses Tab until what a selector finds has the focus. */
    public void tabTo(String selector) {
        for (int press = 0; press < 300; press++) {
            if (Boolean.TRUE.equals(value("document.activeElement.matches(arguments[0])", selector))) {
                return;
            }
            press(Keys.TAB);
        }
        throw new AssertionError("Tab does not get to " + selector);
    }

    /** What the console has said since this was last asked. */
    public List<String> problems() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .toList();
    }

    /** A picture of what is to be seen. */
    public void screenshot(Path file) {
        Map<String, Object> answer = driver.executeCdpCommand("Page.captureScreenshot", Map.of("format", "png"));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, Base64.getDecoder().decode((String) answer.get("data")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it. Its processes may go on writing for a moment. */
    @Override
    public void close() {
        driver.quit();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (Files.exists(profile) && System.nanoTime() - deadline < 0) {
            try (Stream<Path> files = Files.walk(profile)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }
}
