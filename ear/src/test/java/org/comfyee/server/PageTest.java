package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;

/** The page in a browser without a window, if Debian's chromium and chromium-driver are installed. Leaves pictures of it in {@code target/page}. */
@ExtendWith(SharedServer.class)
@EnabledIf("isBrowserInstalled")
class PageTest {
    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path PICTURES = Path.of("target/page");
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private static RunningServer server;
    private static Path directory;
    private static ChromeDriver browser;

    static boolean isBrowserInstalled() {
        return Stream.of(BROWSER, DRIVER).allMatch(Files::isExecutable);
    }

    @BeforeAll
    static void open(RunningServer shared, Path place) {
        server = shared;
        directory = place;
        var service = new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).usingAnyFreePort().build();
        browser = new ChromeDriver(service, new ChromeOptions().setBinary(BROWSER.toFile())
                .addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"));
    }

    @AfterAll
    static void quit() {
        browser.quit();
    }

    @BeforeEach
    void freshPage() throws Exception {
        server.client().awaitIdle();
        look(1360, 860, false, "light");
        // Forgets what former tests made the browser say.
        browser.manage().logs().get(LogType.BROWSER);
        browser.get(server.url() + "/");
        browser.executeScript("localStorage.clear()");
        browser.navigate().refresh();
        await("document.querySelector('#connection').dataset.state === 'open' && !document.querySelector('#starter').hidden");
    }

    private static void look(int width, int height, boolean phone, String scheme) {
        browser.executeCdpCommand("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
        browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Waits until a JavaScript expression is true. */
    private static void await(String condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Boolean.TRUE.equals(browser.executeScript("return Boolean(" + condition + ")"))) {
            assertTrue(System.nanoTime() < end, () -> condition + " did not come true; the page says: "
                    + browser.executeScript("return document.body.innerText"));
            Thread.sleep(50);
        }
    }

    /** Drops a file onto the page. */
    private static void drop(String name, String type, String content) {
        browser.executeScript("""
                const transfer = new DataTransfer();
                transfer.items.add(new File([arguments[2]], arguments[0], { type: arguments[1] }));
                document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
                """, name, type, content);
    }

    private static void type(String input, String value) {
        browser.findElement(By.id(input)).sendKeys(Keys.chord(Keys.CONTROL, "a"), value);
    }

    private static void click(String selector) {
        browser.findElement(By.cssSelector(selector)).click();
    }

    /** Clicks what may be replaced at any moment by the same again. */
    private static void clickAtOnce(String selector) {
        browser.executeScript("document.querySelector(arguments[0]).click()", selector);
    }

    private static void picture(String name) throws IOException {
        Files.createDirectories(PICTURES);
        Files.write(PICTURES.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }

    /** The name of the picture that a drawing's history entry tells of. */
    private static String imageOf(Map<?, ?> entry) {
        var saved = Json.object(Json.object(entry.get("outputs")).orElseThrow().get("9")).orElseThrow();
        return (String) Json.object(((List<?>) saved.get("images")).getFirst()).orElseThrow().get("filename");
    }

    /** The selector of a picture where it is the gallery's first. */
    private static String firstInGallery(String image) {
        return "#gallery li:first-child img[src*=\"" + image + "\"]";
    }

    @Test
    void aDroppedWorkflowIsEditedAndRunAndWatched() throws Exception {
        drop("workflow.json", "application/json", Json.write(ApiTest.drawing(64, 4)));
        await("document.querySelectorAll('#nodes .node').length === 8");
        type("input-3-steps", "30");
        type("input-6-text", "a blue square");
        click("#run");
        await("document.querySelector('.node[data-state=running]') && document.querySelector('#live-picture').dataset.kind === 'preview'");
        picture("desktop-light-running");
        await("document.querySelector('#live').dataset.state === 'done'");
        await("document.querySelector('#gallery img')?.naturalWidth > 0");
        var newest = Json.parseObject(server.get("/history?max_items=1").body()).values().iterator().next();
        var prompt = Json.object(((List<?>) Json.object(newest).orElseThrow().get("prompt")).get(2)).orElseThrow();
        assertEquals(30L, Json.object(Json.object(prompt.get("3")).orElseThrow().get("inputs")).orElseThrow().get("steps"));
        look(1360, 860, false, "dark");
        picture("desktop-dark-done");
    }

    @Test
    void aPictureBringsItsWorkflowAlong() throws Exception {
        String image = imageOf(server.client().run(ApiTest.drawing(64, 7)));
        browser.executeAsyncScript("""
                const done = arguments[1];
                fetch(arguments[0]).then((answer) => answer.blob()).then((blob) => {
                  const transfer = new DataTransfer();
                  transfer.items.add(new File([blob], 'picture.png', { type: 'image/png' }));
                  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
                  done();
                });
                """, "/view?filename=" + image);
        await("document.querySelector('#input-3-steps')?.value === '7'");
    }

    @Test
    void aWorkflowIsPasted() throws Exception {
        browser.executeScript("""
                const transfer = new DataTransfer();
                transfer.setData('text', arguments[0]);
                document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }));
                """, Json.write(ApiTest.picture(5)));
        await("document.querySelectorAll('#nodes .node').length === 2");
        browser.executeScript("localStorage.clear()");
        browser.navigate().refresh();
        // Where there is no keyboard, into a field.
        await("document.querySelector('#pasted').offsetParent");
        browser.findElement(By.id("pasted")).sendKeys(Json.write(ApiTest.picture(6)));
        await("document.querySelectorAll('#nodes .node').length === 2");
    }

    @Test
    void whatRunsIsInterruptedAndWhatWaitsIsCancelled() throws Exception {
        drop("workflow.json", "application/json", Json.write(ApiTest.drawing(256, 300)));
        await("document.querySelector('#run').offsetParent");
        type("times", "2");
        click("#run");
        await("document.querySelectorAll('#queue li').length === 2 && document.querySelector('#queue .running')");
        assertEquals(1, browser.findElements(By.cssSelector("#workers li")).size());
        picture("desktop-light-queue");
        clickAtOnce("#queue li:not(.running) button");
        await("document.querySelectorAll('#queue li').length === 1");
        clickAtOnce("#queue .running button");
        await("document.querySelectorAll('#queue li').length === 0 && document.querySelector('#live').dataset.state === 'stopped'");
        click("[aria-controls=history-panel]");
        await("document.querySelector('#history li')?.innerText.includes('interrupted')");
        picture("desktop-light-history");
        await("document.querySelector('#workers')?.innerText.includes('waiting')");
    }

    @Test
    void aPictureIsShownLargeAndBringsBackItsWorkflowWhateverIsMadeMeanwhile() throws Exception {
        String six = imageOf(server.client().run(ApiTest.drawing(64, 6)));
        look(390, 844, true, "light");
        browser.executeScript("location.hash = 'results'");
        await("document.querySelector('" + firstInGallery(six) + "')?.naturalWidth > 0");
        clickAtOnce("#gallery button");
        await("document.querySelector('#viewer').open && document.querySelector('#large').naturalWidth > 0");
        picture("phone-390-light-viewer");
        String four = imageOf(server.client().run(ApiTest.drawing(64, 4)));
        await("document.querySelector('" + firstInGallery(four) + "')");
        clickAtOnce("#reuse");
        await("document.querySelector('#input-3-steps')?.value === '6' && !document.querySelector('#viewer').open");
    }

    /** As previews are after the server was started anew. */
    @Test
    void picturesThatAreNoMoreAreNotShown() throws Exception {
        var workflow = ApiTest.drawing(64, 2);
        workflow.put("9", Map.of("class_type", "PreviewImage", "inputs", Map.of("images", List.of("8", 0))));
        String image = imageOf(server.client().run(workflow));
        await("document.querySelector('" + firstInGallery(image) + "')?.naturalWidth > 0");
        Files.delete(directory.resolve("temp").resolve(image));
        browser.navigate().refresh();
        await("document.querySelector('#history li') && !document.querySelector('#gallery img[src*=\"" + image + "\"]')");
    }

    @Test
    void textsThatNodesShowAreShown() throws Exception {
        drop("workflow.json", "application/json", Json.write(Map.of(
                "1", Map.of("class_type", "PrimitiveString", "inputs", Map.of("value", "<b>seen</b> " + System.nanoTime())),
                "2", Map.of("class_type", "PreviewAny", "inputs", Map.of("source", List.of("1", 0))))));
        await("document.querySelector('#input-1-value')");
        click("#run");
        await("document.querySelector('#live-text').innerText.startsWith('<b>seen</b>')");
        click("[aria-controls=history-panel]");
        await("document.querySelector('#history .text')?.innerText.startsWith('<b>seen</b>')");
    }

    /** Long enough for every seed that the page makes. */
    @Test
    void seedsAreShownToTheirLastDigit() throws Exception {
        drop("workflow.json", "application/json", Json.write(ApiTest.drawing(64, 4)));
        await("document.querySelector('#input-3-seed')");
        type("input-3-seed", "1125899906842623");
        await("document.querySelector('#input-3-seed').scrollWidth <= document.querySelector('#input-3-seed').clientWidth");
    }

    @Test
    void aRefusalIsShownAtTheInputThatIsWrong() throws Exception {
        drop("workflow.json", "application/json", Json.write(ApiTest.drawing(64, 4)));
        await("document.querySelector('#input-3-steps')");
        type("input-3-steps", "0");
        click("#run");
        await("document.querySelector('.field.wrong[data-input=steps]')?.innerText.includes('smaller than min')");
        picture("desktop-light-refused");
        drop("workflow.json", "application/json", "{\"1\": {\"class_type\": \"Elsewhere\", \"inputs\": {}}}");
        await("document.querySelector('#nodes .problem.shown')?.innerText.includes('has no node Elsewhere')");
        click("#run");
        await("document.querySelector('#refusal').innerText === \"Cannot execute because node Elsewhere does not exist: Node ID '#1'\"");
        drop("workflow.json", "application/json", "{\"1\": ");
        await("document.querySelector('.toast.bad')?.innerText.includes('neither a PNG nor JSON')");
        click(".toast");
        await("!document.querySelector('.toast')");
    }

    /** As when the network is gone for a while. */
    @Test
    void whatEndsWhileTheConnectionIsLostHasEndedWhenItIsBack() throws Exception {
        var script = (String) ((Map<?, ?>) browser.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source",
                "const Real = WebSocket; WebSocket = class extends Real { constructor(url) { super(url); window.socket = this; } };"))).get("identifier");
        try {
            browser.navigate().refresh();
            drop("workflow.json", "application/json", Json.write(ApiTest.drawing(64, 25)));
            await("document.querySelector('#connection').dataset.state === 'open' && document.querySelector('#run').offsetParent");
            click("#run");
            await("document.querySelector('#live').dataset.state === 'running' && !(window.socket.onmessage = null)");
            server.client().awaitIdle();
            assertEquals("running", browser.executeScript("return document.querySelector('#live').dataset.state"));
            browser.executeScript("window.socket.close()");
            await("document.querySelector('#live').dataset.state === 'done' && document.querySelector('#live-picture').dataset.kind === 'finished'");
        } finally {
            browser.executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", script));
        }
    }

    @ParameterizedTest
    @CsvSource({"390, light", "390, dark", "320, light", "820, dark"})
    void nothingSticksOutOnSmallScreens(int width, String scheme) throws Exception {
        look(width, 844, true, scheme);
        drop("workflow.json", "application/json", Json.write(ApiTest.drawing(64, 5)));
        await("document.querySelectorAll('#nodes .node').length === 8");
        click("#run");
        await("document.querySelector('#live').dataset.state === 'done' && document.querySelector('#gallery img')");
        for (var view : List.of("workflow", "live", "results")) {
            browser.executeScript("location.hash = arguments[0]", view);
            await("document.body.dataset.view === '" + view + "'");
            assertEquals((long) width, browser.executeScript("return document.documentElement.scrollWidth"), view);
            picture("phone-" + width + "-" + scheme + "-" + view);
        }
    }

    /** Else the server would take a file that has changed since for the one that it was. */
    @Test
    void whatAPictureTellsOfItsFilesIsNotSentAgain() throws Exception {
        drop("workflow.json", "application/json", """
                {"1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 16, "batch_size": 1, "color": 10}, "is_changed": ["old"]},
                 "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}""");
        click("#run");
        await("document.querySelector('#live').dataset.state === 'done'");
        var latest = server.get("/api/v1/prompts").body();
        assertTrue(latest.contains("\"color\": 10") && !latest.contains("is_changed"), latest);
    }

    @Test
    void nothingIsFetchedFromElsewhereAndNothingFails() throws Exception {
        drop("workflow.json", "application/json", Json.write(ApiTest.picture(9)));
        click("#run");
        await("document.querySelector('#live').dataset.state === 'done'");
        var elsewhere = browser.executeScript(
                "return performance.getEntriesByType('resource').map((each) => each.name).filter((name) => !name.startsWith(location.origin) && !name.startsWith('blob:'))");
        assertEquals(List.of(), elsewhere);
        assertEquals(List.of(), browser.manage().logs().get(LogType.BROWSER).getAll().stream().map(Object::toString)
                .filter(line -> !line.contains("favicon")).toList());
    }
}
