/**
 * Functions that `cuda_runtime.h` brings along, in the global namespace: a kernel of that name would be another overload with C linkage,
 * which C++ forbids. Arguments and variables may have these names, since nothing that is generated calls the functions.
 */
const math =
  'acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh cospi div drem erf erfc erfcinv erfcx erfinv exp exp10 exp2 ' +
  'expm1 fabs fadd fdim fdiv fdivide ffma finite floor fma fmax fmin fmod fmul frexp fsqrt fsub gamma hypot ilogb j0 j1 jn ldexp lgamma ' +
  'llrint llround log log10 log1p log2 logb lrint lround modf nan nearbyint nextafter norm norm3d norm4d normcdf normcdfinv pow rcbrt ' +
  'remainder remquo rhypot rint rnorm rnorm3d rnorm4d round roundeven rsqrt scalb scalbln scalbn significand sin sincos sincospi sinh ' +
  'sinpi sqrt tan tanh tgamma trunc y0 y1 yn'

const others =
  'a64l abort abs alloca asctime atexit atof atoi atol atoll bcmp bcopy bsearch bzero calloc clock clock64 ctime difftime ecvt exit fclose ' +
  'fcvt feof ferror fflush ffs ffsl ffsll fgetc fgetpos fgets fopen fprintf fputc fputs fread free freopen fscanf fseek fsetpos ftell ' +
  'fwrite gcvt getc getchar getdate getenv getline gets gmtime index isalnum isalpha isascii isblank iscntrl isdigit isfinite isgraph ' +
  'isinf islower isnan isnormal isprint ispunct isspace isupper isxdigit labs ldiv llabs lldiv llmax llmin localtime malloc max mblen ' +
  'mbstowcs mbtowc memchr memcmp memcpy memmem memmove mempcpy memset min mktemp mktime nanosleep perror popen printf putc putchar putenv ' +
  'puts qsort rand random read realloc realpath remove rename rewind rindex scanf select setbuf setenv setstate setvbuf signbit snprintf ' +
  'sprintf srand srandom sscanf strcat strchr strcmp strcoll strcpy strcspn strdup strerror strftime strlen strncat strncmp strncpy ' +
  'strpbrk strrchr strsep strspn strstr strtod strtof strtok strtol strtold strtoll strtoul strtoull strxfrm system time tmpfile tmpnam ' +
  'toascii tolower toupper tzset ullmax ullmin umax umin ungetc valloc vfprintf vprintf vsnprintf vsprintf wcstombs wctomb write'

const names = new Set([...math.split(' ').flatMap(name => [name, `${name}f`, `${name}l`]), ...others.split(' ')])

/** Whether the headers declare a function of the name, so that no kernel can have it. */
export const isHeaderFunction = (name: string): boolean => names.has(name) || /^cuda[A-Z]/.test(name)
