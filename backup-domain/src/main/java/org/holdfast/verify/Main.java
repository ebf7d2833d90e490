package org.holdfast.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code java -jar holdfast-verify.jar FILE --key signing.pub}. */
public final class Main {
    /** Everything is as it was signed. */
    public static final int PROVED = 0;

    /** Something is not. */
    public static final int UNPROVED = 1;

    /** It was not checked: a wrong call, or a file that cannot be read. */
    public static final int NOT_CHECKED = 2;

    /** It is signed by a key that was not given. */
    public static final int OTHER_KEY = 3;

    private static final String USAGE =
            """
            usage: java -jar holdfast-verify.jar FILE --key PUBLIC-KEY [--key ...] [--head HEAD ...] [--json]

              FILE    an audit export (JSON), or the evidence of a drill or of a period's drills:
                      the zip, or the directory that it was unpacked into
              --key   signing.pub of the installation; its earlier keys too, where they signed.
                      Get it from somebody you trust, not from whoever gave you FILE.
              --head  a head of the audit log, from a store below audit/heads/: shows that the log
                      was not cut off or written anew since
              --json  one line of JSON instead of sentences

            exit codes: 0 everything is as it was signed; 1 something is not; 2 not checked (wrong
            call, unreadable file); 3 signed by a key that was not given""";

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    /** What {@code main} does, without ending the process; gives the exit code. */
    public static int run(String[] args, PrintStream out, PrintStream err) {
        Path file = null;
        List<Path> heads = new ArrayList<>();
        Keys keys = new Keys();
        boolean key = false;
        boolean json = false;
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            try {
                if (arg.equals("--help") || arg.equals("-h")) {
                    out.println(USAGE);
                    return PROVED;
                } else if (arg.equals("--json")) {
                    json = true;
                } else if ((arg.equals("--key") || arg.equals("--head")) && i + 1 < args.length) {
                    Path given = Path.of(args[++i]);
                    if (arg.equals("--key")) {
                        keys.add(given);
                        key = true;
                    } else {
                        heads.add(given);
                    }
                } else if (!arg.startsWith("--") && file == null) {
                    file = Path.of(arg);
                } else {
                    err.println("holdfast-verify: \"" + arg + "\" is not understood.");
                    err.println(USAGE);
                    return NOT_CHECKED;
                }
            } catch (IOException | InvalidPathException e) {
                return end(
                        json, out, err, NOT_CHECKED, List.of("Cannot be read: " + e.getMessage()));
            }
        }
        if (file == null || !key) {
            err.println(USAGE);
            return NOT_CHECKED;
        }
        try {
            return end(json, out, err, PROVED, verify(file, keys, heads));
        } catch (Unproved e) {
            return end(json, out, err, UNPROVED, List.of(e.getMessage()));
        } catch (Envelope.OtherKey e) {
            return end(json, out, err, OTHER_KEY, List.of(e.getMessage()));
        } catch (IOException e) {
            return end(json, out, err, NOT_CHECKED, List.of("Cannot be read: " + e.getMessage()));
        }
    }

    private static List<String> verify(Path file, Keys keys, List<Path> heads)
            throws IOException, Unproved, Envelope.OtherKey {
        if (!Files.isDirectory(file)) {
            byte[] beginning;
            try (InputStream in = Files.newInputStream(file)) {
                beginning = in.readNBytes(64);
            }
            if (AuditFile.looksLikeOne(beginning)) {
                return AuditFile.verify(file, keys, heads);
            }
        }
        if (!heads.isEmpty()) {
            throw new IOException("heads belong to an export of the audit log, not to evidence");
        }
        return Bundle.verify(file, keys);
    }

    private static int end(
            boolean json, PrintStream out, PrintStream err, int code, List<String> said) {
        String word =
                switch (code) {
                    case PROVED -> "VERIFIED";
                    case UNPROVED -> "NOT VERIFIED";
                    case OTHER_KEY -> "OTHER KEY";
                    default -> "NOT CHECKED";
                };
        if (json) {
            StringBuilder line = new StringBuilder("{\"result\":\"" + word + "\",\"said\":[");
            for (int i = 0; i < said.size(); i++) {
                line.append(i == 0 ? "" : ",").append(quoted(said.get(i)));
            }
            out.println(line.append("]}"));
        } else {
            PrintStream to = code == PROVED ? out : err;
            to.println(word);
            said.forEach(to::println);
        }
        return code;
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < 0x20) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
