package nova.app.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/// A test of a suite that runs on clusters too, which itself does not.
@Tag("one-process")
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface OneProcess {
  /// Why.
  String value();
}
