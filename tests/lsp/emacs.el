;;; Drives Emacs without a screen.  -*- lexical-binding: t; -*-
;; Run as: emacs --batch -l emacs.el in a folder with a file web.yaml. SESSION says what is done: `pick' applies the first fix that is
;; offered and saves, `save' only saves, `compile' lists the places that M-x compile finds. INIT is a file with settings.

(setq make-backup-files nil create-lockfiles nil native-comp-enable-subr-trampolines nil)

(defun say (format &rest values)
  (princ (apply #'format (concat format "\n") values)))

(defun wait-for (what test)
  (let ((end (+ (float-time) 20)))
    (while (and (not (funcall test)) (< (float-time) end))
      (accept-process-output nil 0.02))
    (unless (funcall test)
      (message "never came: %s" what)
      (kill-emacs 1))))

(defun found (count)
  (lambda () (flymake-start) (= count (length (flymake-diagnostics)))))

(defun use-eglot ()
  ;; Emacs 29's own mode for YAML needs a grammar that it does not bring, so without the package there is one here by its name.
  (unless (require 'yaml-mode nil t)
    (define-derived-mode yaml-mode text-mode "YAML"))
  (add-to-list 'auto-mode-alist '("\\.yaml\\'" . yaml-mode))
  (load (getenv "INIT") nil t)
  (require 'eglot)
  (find-file "web.yaml")
  (run-hooks 'post-command-hook)
  (wait-for "a server" #'eglot-current-server)
  (wait-for "two findings" (found 2))
  (dolist (each (sort (flymake-diagnostics) (lambda (one other) (< (flymake-diagnostic-beg one) (flymake-diagnostic-beg other)))))
    (save-excursion
      (goto-char (flymake-diagnostic-beg each))
      (say "%d:%d %s" (line-number-at-pos) (current-column) (flymake-diagnostic-text each))))
  (goto-char (point-min))
  (search-forward "replicas: \"")
  (when (equal (getenv "SESSION") "pick")
    (remove-hook 'before-save-hook #'k8slint-fix-all)
    ;; As if it was called with a key, and not with the mouse, which would open a menu.
    (setq last-nonmenu-event ?x
          completing-read-function
          (lambda (_prompt choices &rest _)
            (let ((titles (all-completions "" choices)))
              (say "offered: %s" (mapconcat #'identity titles ", "))
              (car titles))))
    (call-interactively #'eglot-code-actions))
  (set-buffer-modified-p t)
  (save-buffer)
  (wait-for "one finding" (found 1))
  (say "left: %d" (length (flymake-diagnostics)))
  (eglot-shutdown (eglot-current-server)))

(defun use-compile ()
  (require 'compile)
  (compile "k8slint check -q --format concise")
  (with-current-buffer "*compilation*"
    (wait-for "the end" (lambda () (not (get-buffer-process (current-buffer)))))
    (compilation--ensure-parse (point-max))
    (goto-char (point-min))
    (dotimes (_ compilation-num-errors-found)
      (compilation-next-error 1)
      (let ((place (compilation--message->loc (get-text-property (point) 'compilation-message))))
        (say "%s:%d:%d" (caar (compilation--loc->file-struct place)) (compilation--loc->line place) (compilation--loc->col place))))))

(if (equal (getenv "SESSION") "compile") (use-compile) (use-eglot))
