package org.holdfast.web.page;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.holdfast.testing.RunningHoldfast;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.primefaces.selenium.PrimeSelenium;
import org.primefaces.selenium.spi.WebDriverProvider;

/** A person at a browser. Waits for what is to be seen, never for a time. */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final URI address;
    private final ChromeDriver driver;

    private Browser(URI address, ChromeDriver driver) {
        this.address = address;
        this.driver = driver;
    }

    /** A new one, without cookies, 1440 by 900. */
    static Browser at(URI address) {
        ChromeDriver driver = (ChromeDriver) new DebianChromium().createWebDriver();
        WebDriverProvider.set(driver);
        return new Browser(address, driver);
    }

    /** A new one, signed in as the first user. */
    static Browser signedIn(RunningHoldfast holdfast) {
        Browser browser = at(holdfast.address());
        browser.open("/console/sign-in.xhtml");
        browser.signIn(RunningHoldfast.USER, RunningHoldfast.PASSWORD, holdfast.freshCode());
        browser.await("the dashboard", () -> browser.path().startsWith("/console/dashboard"));
        return browser;
    }

    void signIn(String user, String password, String code) {
        type("signIn:user", user);
        type("signIn:password", password);
        type("signIn:code", code);
        click("signIn:enter");
    }

    void open(String path) {
        driver.get(address.resolve(path).toString());
    }

    /** Path and query of where it is. */
    String path() {
        URI now = URI.create(driver.getCurrentUrl());
        return now.getRawPath() + (now.getRawQuery() == null ? "" : "?" + now.getRawQuery());
    }

    /** The value of a parameter of the address it is at. */
    String parameter(String name) {
        for (String pair : URI.create(driver.getCurrentUrl()).getQuery().split("&")) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        throw new AssertionError(driver.getCurrentUrl() + " has no " + name + ".");
    }

    WebElement find(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    List<WebElement> all(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    boolean has(String css) {
        return !all(css).isEmpty();
    }

    WebElement byId(String id) {
        return driver.findElement(By.id(id));
    }

    /** The text that is shown, whatever is redrawn meanwhile. */
    String text(String css) {
        return patient(() -> find(css).getText());
    }

    String valueOf(String id) {
        return patient(() -> byId(id).getDomProperty("value"));
    }

    void type(String id, String text) {
        patient(
                () -> {
                    WebElement field = byId(id);
                    field.clear();
                    field.sendKeys(text);
                    return true;
                });
    }

    void click(String id) {
        patient(
                () -> {
                    byId(id).click();
                    return true;
                });
    }

    void clickOn(String css) {
        patient(
                () -> {
                    find(css).click();
                    return true;
                });
    }

    /** Clicks the button or link of exactly this text. */
    void press(String text) {
        patient(
                () -> {
                    all("button, a, summary").stream()
                            .filter(b -> b.isDisplayed() && b.getText().strip().equals(text))
                            .findFirst()
                            .orElseThrow(() -> new NoSuchElementException("No \"" + text + "\"."))
                            .click();
                    return true;
                });
    }

    /** Clicks and waits until the page's Ajax answer is in place. */
    void clickAndUpdate(WebElement element) {
        PrimeSelenium.guardAjax(element).click();
    }

    void keys(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /**
     * Tabs until the element with this id has the focus; fails where the keyboard never gets there.
     */
    void tabTo(String id) {
        for (int i = 0; i < 80; i++) {
            if (id.equals(focused())) {
                return;
            }
            keys(Keys.TAB);
        }
        throw new AssertionError("The keyboard never came to " + id + ".");
    }

    String focused() {
        return (String) script("return document.activeElement.id");
    }

    Object script(String code) {
        return driver.executeScript(code);
    }

    /** As narrow as a telephone, or as wide as a desk. */
    void width(int pixels) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", pixels, "height", 844, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Without it a browser that nobody looks at keeps no file. */
    void downloadInto(Path directory) {
        driver.executeCdpCommand(
                "Browser.setDownloadBehavior",
                Map.of("behavior", "allow", "downloadPath", directory.toString()));
    }

    void await(String what, Supplier<Boolean> seen) {
        new WebDriverWait(driver, PATIENCE, Duration.ofMillis(100))
                .ignoring(StaleElementReferenceException.class, NoSuchElementException.class)
                .withMessage(
                        () ->
                                "waiting for "
                                        + what
                                        + " at "
                                        + driver.getCurrentUrl()
                                        + "\n"
                                        + find("body").getText())
                .until(d -> seen.get());
    }

    private <T> T patient(Supplier<T> act) {
        return new WebDriverWait(driver, PATIENCE, Duration.ofMillis(100))
                .ignoring(RuntimeException.class)
                .withMessage(() -> "at " + driver.getCurrentUrl() + "\n" + find("body").getText())
                .until(
                        d -> {
                            reloadWhatNeverCame();
                            return act.get();
                        });
    }

    /** The browser's own page about a broken connection; a person would press Reload. */
    private void reloadWhatNeverCame() {
        if (!driver.findElements(By.cssSelector("body.neterror")).isEmpty()) {
            driver.navigate().refresh();
        }
    }

    /** What the browser complained about since it was asked last: errors, refused scripts. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(Object::toString)
                .toList();
    }

    ChromeDriver driver() {
        return driver;
    }

    @Override
    public void close() {
        WebDriverProvider.set(null);
        driver.quit();
    }
}
