package io.decant.loadtest.powercut;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Entry of the processes of a run. The environment says the rest: {@code PORT}, {@code ACKS} and {@code OUT} are the
 * harness's, {@code STATE} is a directory outside the disk that is cut, in which {@code port} tells where the receiver
 * listens.
 */
public final class PowerCutRun {

    private PowerCutRun() {}

    /** {@code receiver}, {@code client}, {@code check} or {@code report}. */
    public static void main(String[] arguments) throws Exception {
        Path state = Path.of(environment("STATE"));
        Path receiverPort = state.resolve("port");
        switch (arguments.length == 1 ? arguments[0] : "") {
            case "receiver" -> {
                PowerCutReceiver receiver = PowerCutReceiver.start(0, new Random());
                // A reader that finds the file finds it complete.
                Path fresh = Files.writeString(state.resolve("port.tmp"), Integer.toString(receiver.port()));
                Files.move(fresh, receiverPort);
            }
            case "client" -> send(Path.of(environment("ACKS")), state);
            case "check" -> {
                Checker checker = new Checker(port(), Integer.parseInt(Files.readString(receiverPort)));
                List<String> faults = new ArrayList<>(checker.check(Path.of(environment("OUT"))));
                faults.addAll(Files.readAllLines(state.resolve("violations")));
                faults.forEach(System.err::println);
                if (!faults.isEmpty()) {
                    throw new IllegalStateException(faults.size() + " faults");
                }
            }
            case "report" -> {
                PowerCutReport report = new Checker(0, Integer.parseInt(Files.readString(receiverPort))).report();
                System.out.printf(
                        "%d records delivered in %d batches, %d requests repeated, %d faults%n",
                        report.ranges().stream()
                                .mapToLong(PowerCutReport.Range::count)
                                .sum(),
                        report.batches(),
                        report.repeats(),
                        report.faults().size());
            }
            default -> throw new IllegalArgumentException("receiver, client, check or report");
        }
    }

    private static void send(Path acks, Path state) throws IOException, InterruptedException {
        try (Acknowledged acknowledged = new Acknowledged(acks, state)) {
            List<Thread> threads = new ArrayList<>();
            for (int session = 0; session < Workload.SESSIONS; session++) {
                Thread thread = new Thread(new PowerCutSender(port(), session, acknowledged), "session-" + session);
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static int port() {
        return Integer.parseInt(environment("PORT"));
    }

    private static String environment(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set");
        }
        return value;
    }
}
